import { env } from "onnxruntime-web/webgpu";
import { InputError } from "../../base/index.js";
import { webModuleOf, type WebDevice } from "./modules.js";

export interface WebRuntimeSettings {
  readonly device: WebDevice;
  /** Threads of the processor; where the page is not isolated from others, browsers allow one. */
  readonly threads: number;
  /** Folder of the runtime's files, as an address that ends in a slash. */
  readonly folder: string;
}

let chosen: WebRuntimeSettings | undefined;

/**
 * Says how the runtime of this page is to be loaded. It is loaded once: what comes later must not ask for another.
 * @throws InputError `runtime-settings`
 */
export function setWebRuntime(settings: WebRuntimeSettings): void {
  const { device, threads, folder } = settings;
  if (chosen === undefined) {
    chosen = settings;
    const name = webModuleOf(device);
    env.wasm.numThreads = threads;
    env.wasm.wasmPaths = { mjs: `${folder}${name}.mjs`, wasm: `${folder}${name}.wasm` };
    return;
  }
  const fits = chosen.threads === threads && chosen.folder === folder && (device === chosen.device || chosen.device === "webgpu");
  if (fits) return;
  throw new InputError(
    "runtime-settings",
    `runtime: expected the settings that this page has loaded it with (${chosen.device}, ${chosen.threads} threads), got ${device}, ${threads} threads. Reload the page, or open the first model for WebGPU.`,
  );
}
