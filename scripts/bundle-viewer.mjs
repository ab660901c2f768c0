// Bundles src/viewer for `osteon serve`: pages, the image viewer in a part of its own, and what "Try a model" runs.
//   node scripts/bundle-viewer.mjs [folder, by default dist/viewer/page]
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleForPages } from "./bundle-browser.mjs";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const contract = path.join(source, "server/contract.ts");

/** Files that a model needs to run in a page. */
const runtimeFiles = [
  "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
  "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
  "dcmjs-codecs/build/dcmjs-native-codecs.wasm",
];

/** Error messages in fifty languages, a writer of XML and Node's modules: packages name them, and a page never uses them. */
const leftOut = {
  name: "left-out",
  setup(builder) {
    builder.onResolve({ filter: /\/locales\/index\.js$|^(xmlbuilder2|events|url|fs|path|crypto|zlib|buffer|module|node:.*)$/ }, ({ path: name }) => ({ path: name, namespace: "empty", sideEffects: false }));
    builder.onLoad({ filter: /./, namespace: "empty" }, () => ({ contents: "export const create = undefined; export default {};" }));
  },
};

/**
 * The contract as far as a page needs it: lists of words, and of each route where it is and whether it answers JSON. Its schemas take half a
 * megabyte and longer to make than everything else of a page; the server holds answers against them.
 */
async function contractForPages() {
  const { outputFiles } = await build({ entryPoints: [contract], bundle: true, minify: true, format: "esm", platform: "node", write: false, logLevel: "error" });
  const whole = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  const routes = Object.fromEntries(Object.entries(whole.routes).map(([name, { method, path: address, response }]) => [name, { method, path: address, ...(response && { response: true }) }]));
  const lists = Object.entries(whole).filter(([, value]) => Array.isArray(value));
  return {
    contract: ['export { ApiError, createClient, pathOf, versionTag } from "./contract/client.js";', ...lists.map(([name, list]) => `export const ${name} = ${JSON.stringify(list)};`)].join("\n"),
    routes: `export const apiPrefix = ${JSON.stringify(whole.apiPrefix)}; export const routes = ${JSON.stringify(routes)};`,
  };
}

const withoutSchemas = {
  name: "without-schemas",
  async setup(builder) {
    const made = await contractForPages();
    const load = (contents, folder) => ({ contents, resolveDir: folder, loader: "js" });
    builder.onLoad({ filter: /server[\\/]contract\.ts$/ }, () => load(made.contract, path.dirname(contract)));
    builder.onLoad({ filter: /server[\\/]contract[\\/]routes\.ts$/ }, () => load(made.routes, path.dirname(contract)));
  },
};

/** Bundles pages; answers what was written, for those who look at sizes. */
export async function bundleViewer(folder, { minify = true } = {}) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, "runtime"), { recursive: true });
  const { metafile } = await build({
    entryPoints: { viewer: path.join(source, "viewer/main.tsx"), hurry: path.join(source, "viewer/shell/hurry.ts") },
    outdir: folder,
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    minify,
    format: "esm",
    platform: "browser",
    target: ["chrome120", "firefox121", "safari17"],
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    legalComments: "none",
    metafile: true,
    logLevel: "error",
    plugins: [leftOut, withoutSchemas],
  });
  const outputs = Object.entries(metafile.outputs);
  const builtFrom = (file) => outputs.find(([, { entryPoint }]) => entryPoint?.endsWith(file));
  const [viewer, hurry] = [builtFrom("viewer/main.tsx"), builtFrom("viewer/shell/hurry.ts")];
  const names = { "viewer.css": viewer[1].cssBundle, "viewer.js": viewer[0], "hurry.js": hurry[0] };
  let page = await readFile(path.join(source, "viewer/page/index.html"), "utf8");
  for (const [name, file] of Object.entries(names)) page = page.replace(name, path.basename(file));
  // What the scripts begin with is fetched beside them, and not after them.
  const parts = new Set([hurry, viewer].flatMap(([, { imports }]) => imports.filter(({ kind }) => kind === "import-statement").map((part) => path.basename(part.path))));
  await writeFile(path.join(folder, "index.html"), page.replace("    <script", [...parts].map((part) => `    <link rel="modulepreload" href="/${part}">\n`).join("") + "    <script"));
  await cp(path.join(source, "viewer/page/icon.svg"), path.join(folder, "icon.svg"));
  await bundleForPages("browser/index.ts", { outfile: path.join(folder, "runtime/osteon.js") });
  for (const file of runtimeFiles) await cp(path.join(source, "../node_modules", file), path.join(folder, "runtime", path.basename(file)));
  return metafile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleViewer(path.resolve(process.argv[2] ?? "dist/viewer/page"));
