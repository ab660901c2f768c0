import { DataError, InputError, InternalError, OsteonError, UnsupportedError } from "../base/index.js";

/** What was being done when the runtime failed; it decides who has to act. */
export type RuntimeTask = "load-file" | "load-graph" | "run";

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, " ").trim();
}

function isOutOfMemory(message: string): boolean {
  return /bad_alloc|failed to allocate|out of memory|allocation failed/i.test(message);
}

/** The error of ours that stands for one of the runtime's. */
export function translateError(error: unknown, task: RuntimeTask): OsteonError {
  if (error instanceof OsteonError) return error;
  const message = messageOf(error);
  const cause = { cause: error };
  if (isOutOfMemory(message)) {
    return new InputError(
      "out-of-memory",
      `memory: expected enough for this network and batch, got a refusal (${message}). Use a smaller batch or smaller images, or close other programs.`,
      cause,
    );
  }
  switch (task) {
    case "load-file":
      return new DataError("model-unreadable", `model: expected an ONNX file the runtime can load, got: ${message}. Export the file again.`, cause);
    case "load-graph":
      if (/could not find an implementation|not.implemented|is not a registered function\/op/i.test(message)) {
        return new UnsupportedError("operator-unsupported", `graph: expected operators the runtime has, got: ${message}.`, cause);
      }
      return new InternalError("graph-refused", `graph: expected one the runtime accepts, got: ${message}.`, cause);
    default:
      return new InternalError("run-failed", `run: expected the graph to run, got: ${message}.`, cause);
  }
}

/** A device that this machine or installation does not offer. */
export function deviceUnavailable(device: string, reason: string): UnsupportedError {
  const remedy =
    device === "cuda"
      ? "Install the CUDA files of onnxruntime-node (see its documentation), or use the device cpu"
      : "Install a graphics driver with Vulkan, Metal or Direct3D 12, or use the device cpu";
  return new UnsupportedError("device-unavailable", `device "${device}": expected one this machine can use, got: ${reason}. ${remedy}.`);
}
