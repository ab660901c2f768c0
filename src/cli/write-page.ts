import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { InternalError } from "../base/index.js";
import { locateWebRuntime } from "../engine/index.js";
import { withFileErrors, writeFileAtomic } from "../files/index.js";
import { readBundle, type BundleMetadata } from "../models/index.js";

/** What a server says with every file: the page is isolated, which browsers ask for before they give threads and exact clocks, and asks nothing of others. */
export const pageHeaders = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' blob: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

const nameOfHeader = (key: string): string => key.replaceAll(/\b\w/g, (letter) => letter.toUpperCase());
const lines = (make: (name: string, value: string) => string): string => Object.entries(pageHeaders).map(([key, value]) => make(nameOfHeader(key), value)).join("\n");

/** The same headers for servers that read them from the folder. */
const headerFiles: Readonly<Record<string, string>> = {
  // Netlify, Cloudflare Pages
  _headers: `/*\n${lines((name, value) => `  ${name}: ${value}`)}\n`,
  // Apache
  ".htaccess": `AddType application/wasm .wasm\nAddType text/javascript .mjs\n<IfModule mod_headers.c>\n${lines((name, value) => `  Header always set ${name} "${value}"`)}\n</IfModule>\n`,
  // nginx: include this file in the location
  "nginx.conf": `${lines((name, value) => `add_header ${name} "${value}" always;`)}\ntypes { text/html html; text/css css; text/javascript js mjs; application/wasm wasm; application/octet-stream onnx; }\n`,
};

export interface WrittenPage {
  readonly metadata: BundleMetadata;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

export interface PageParts {
  /** Folder of the bundled page. */
  readonly bundle?: string;
}

/** Where the build has put the bundled page. */
const builtPage = fileURLToPath(new URL("../browser/page/", import.meta.url));

/**
 * Writes a folder that any server of files can serve: the page, the model, and the runtime for browsers.
 * @throws DataError `model-...`, `file-...`
 */
export async function writePage(model: string, folder: string, { bundle = builtPage }: PageParts = {}): Promise<WrittenPage> {
  const { metadata } = await readBundle(model);
  if (!existsSync(path.join(bundle, "page.js"))) {
    throw new InternalError("page-bundle", `the page: expected its bundle in ${bundle}, got none. Build the package: npm run build.`);
  }
  const runtime = locateWebRuntime();
  const codecs = createRequire(import.meta.url).resolve("dcmjs-codecs/build/dcmjs-native-codecs.wasm");
  const parts: (readonly [name: string, source: string])[] = [
    ...["index.html", "page.css", "page.js"].map((name) => [name, path.join(bundle, name)] as const),
    ["model.onnx", model],
    ...runtime.files.map((name) => [`runtime/${name}`, path.join(runtime.folder, name)] as const),
    [`runtime/${path.basename(codecs)}`, codecs],
  ];
  const files: { name: string; bytes: number }[] = [];
  for (const [name, source] of parts) {
    const content = await withFileErrors(source, () => readFile(source));
    await writeFileAtomic(path.join(folder, name), content);
    files.push({ name, bytes: content.length });
  }
  for (const [name, content] of Object.entries(headerFiles)) {
    await writeFileAtomic(path.join(folder, name), content);
    files.push({ name, bytes: content.length });
  }
  return { metadata, files };
}
