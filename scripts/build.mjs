// Builds dist: every file of src as a module of its own, and the two bundles for pages. Types are checked by `npm run typecheck`, and declarations
// written when the package is packed: a build takes seconds instead of a minute.
//   node scripts/build.mjs [--declarations]
import { execFileSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleBrowser } from "./bundle-browser.mjs";
import { bundleViewer } from "./bundle-viewer.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const [source, dist] = [path.join(root, "src"), path.join(root, "dist")];

/** The viewer's components (.tsx) exist only inside their bundle; its other modules are tested one by one. */
const isModule = (file) => file.endsWith(".ts") && !file.endsWith(".d.ts");

const names = (await readdir(source, { recursive: true })).filter(isModule);
await build({
  entryPoints: names.map((name) => path.join(source, name)),
  outbase: source,
  outdir: dist,
  format: "esm",
  platform: "node",
  target: "es2023",
  logLevel: "error",
  tsconfig: path.join(root, "tsconfig.json"),
});

// What an earlier build left of files that are gone would still be found by tests and by imports.
const wanted = new Set(names.map((name) => name.slice(0, -3)));
const bundled = /^(browser[\\/](osteon\.js|page[\\/](page\.js|index\.html|page\.css))|viewer[\\/]page[\\/])/;
for (const name of await readdir(dist, { recursive: true })) {
  const module = /\.(js|d\.ts)$/.exec(name);
  if (module && !bundled.test(name) && !wanted.has(name.slice(0, module.index))) await rm(path.join(dist, name));
}

await bundleBrowser(path.join(dist, "browser"));
await bundleViewer(path.join(dist, "viewer/page"));
if (process.argv.includes("--declarations")) execFileSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", root, "--emitDeclarationOnly", "--tsBuildInfoFile", path.join(dist, ".tsbuildinfo")], { stdio: "inherit" });
