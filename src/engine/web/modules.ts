import type { Device } from "../options.js";

/** Devices of a page. */
export type WebDevice = Exclude<Device, "cuda">;

/** The runtime's module for a device: the one with WebGPU is twice as large, and slower on the processor. */
export function webModuleOf(device: WebDevice): string {
  return device === "webgpu" ? "ort-wasm-simd-threaded.asyncify" : "ort-wasm-simd-threaded";
}
