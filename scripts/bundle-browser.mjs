// Bundles src/browser for pages: the library osteon.js, and the page that `osteon page` writes.
//   node scripts/bundle-browser.mjs [folder, by default dist/browser]
import { cp, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const standIns = path.join(source, "browser/stand-ins");

/** Modules of Node, and what takes their place in a page. */
const builtins = {
  "node:crypto": "node-crypto.ts",
  "node:fs": "node-fs.ts",
  "node:fs/promises": "node-fs-promises.ts",
  "node:module": "node-module.ts",
  "node:os": "node-os.ts",
  "node:path": "node-path.ts",
  "node:zlib": "node-zlib.ts",
};

/** Files of ours that have another form for pages. */
const replaced = new Map([[path.join(source, "images/decode-raw.ts"), path.join(source, "images/web/decode-raw.ts")]]);

const missing = "is not there in a page";

/** A module of Node as far as a page has it; every other name of it throws when it is used, and is left out where it is not. */
async function moduleOf(name) {
  const names = Object.keys(await import(name)).filter((key) => key !== "default" && /^[A-Za-z_$][\w$]*$/.test(key));
  const file = builtins[name] && path.join(standIns, builtins[name]);
  const own = file ? new Set([...(await readFile(file, "utf8")).matchAll(/^export (?:class|function|const) (\w+)|(?:\{ |, )refuse as (\w+)/gm)].map((match) => match[1] ?? match[2])) : new Set();
  const absent = (key) => `/* @__PURE__ */ absent("${name} ${key} ${missing}")`;
  return [
    "const absent = (what) => () => { throw new Error(what); };",
    ...(file ? [`export * from ${JSON.stringify(file)};`] : []),
    ...names.filter((key) => !own.has(key)).map((key) => `export const ${key} = ${absent(key)};`),
    // path is used by its default export, which is the module itself.
    file && own.has("join") ? `import * as whole from ${JSON.stringify(file)}; export default whole;` : `export default ${absent("default")};`,
  ].join("\n");
}

/** Says which code of ours is left out where nothing of it is used, and what stands in for what a page lacks. */
const forPages = {
  name: "for-pages",
  setup(builder) {
    builder.onResolve({ filter: /^(node:.*|sharp)$/ }, ({ path: name }) => ({ path: name, namespace: "of-node", sideEffects: false }));
    builder.onLoad({ filter: /./, namespace: "of-node" }, async ({ path: name }) => ({ contents: await moduleOf(name), resolveDir: source, loader: "ts" }));
    // Error messages in fifty languages, which nobody asks for.
    builder.onResolve({ filter: /\/locales\/index\.js$/ }, ({ path: name }) => ({ path: name, namespace: "empty", sideEffects: false }));
    builder.onLoad({ filter: /./, namespace: "empty" }, () => ({ contents: "export {};" }));
    builder.onResolve({ filter: /^onnxruntime-node$/ }, () => ({ path: path.join(source, "engine/web/onnxruntime-node.ts"), sideEffects: false }));
    builder.onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path: name, resolveDir, importer }) => {
      if (!importer.startsWith(source)) return undefined;
      const file = path.join(resolveDir, name).replace(/\.js$/, ".ts");
      return { path: replaced.get(file) ?? file, sideEffects: false };
    });
  },
};

/** The program itself, whether it was written or not. */
async function textOf({ outputFiles, metafile }) {
  return outputFiles?.[0].text ?? readFile(Object.keys(metafile.outputs)[0], "utf8");
}

/** Bundles one entry; fails where something of Node is left in it. */
export async function bundleForPages(entry, options = {}) {
  const result = await build({
    entryPoints: [path.join(source, entry)],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome120", "firefox121", "safari17"],
    conditions: ["onnxruntime-web-use-extern-wasm"],
    define: { "process.platform": '"browser"', "process.arch": '"wasm"' },
    inject: [path.join(standIns, "buffer.ts")],
    legalComments: "none",
    metafile: true,
    logLevel: "error",
    plugins: [forPages],
    ...options,
  });
  const left = [...(await textOf(result)).matchAll(new RegExp(`node:[a-z/_]+ \\w+(?= ${missing})|sharp(?= \\w+ ${missing})`, "g"))].map(([what]) => what);
  if (left.length > 0) throw new Error(`${entry}: expected nothing of Node in the bundle, got ${[...new Set(left)].join(", ")}. Import no more than what a page can run.`);
  return result;
}

/** Writes osteon.js and the folder page/. */
export async function bundleBrowser(folder) {
  await mkdir(path.join(folder, "page"), { recursive: true });
  await bundleForPages("browser/index.ts", { outfile: path.join(folder, "osteon.js") });
  await bundleForPages("browser/page/main.ts", { outfile: path.join(folder, "page/page.js") });
  for (const name of ["index.html", "page.css"]) await cp(path.join(source, "browser/page", name), path.join(folder, "page", name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleBrowser(path.resolve(process.argv[2] ?? "dist/browser"));
