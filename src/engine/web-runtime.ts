import { createRequire } from "node:module";
import path from "node:path";
import { webModuleOf } from "./web/modules.js";

/** Where the runtime for browsers lies, and which of its files a page needs. */
export function locateWebRuntime(): { readonly folder: string; readonly files: readonly string[] } {
  const folder = path.dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
  return { folder, files: (["cpu", "webgpu"] as const).flatMap((device) => [`${webModuleOf(device)}.mjs`, `${webModuleOf(device)}.wasm`]) };
}
