import { env, InferenceSession, listSupportedBackends, Tensor as RuntimeTensor } from "onnxruntime-node";
import { InputError } from "../base/index.js";
import type { DataType, Tensor, TensorStorage } from "../base/index.js";
import type { Device, EngineOptions } from "./options.js";
import { deviceUnavailable, type RuntimeTask, translateError } from "./runtime-error.js";
import { defaultThreads } from "./threads.js";

// Read once, when the first session of the process is made.
env.logLevel = "fatal";

function checkDevice(device: Device): void {
  if (!["cpu", "webgpu", "cuda"].includes(device)) {
    throw new InputError("unknown-device", `device: expected one of cpu, webgpu, cuda, got "${device}".`);
  }
  const backend = listSupportedBackends().find(({ name }) => name === device);
  if (!backend) throw deviceUnavailable(device, "the runtime was built without it");
}

function sessionOptions(options: EngineOptions): InferenceSession.SessionOptions {
  const { device = "cpu", threads = defaultThreads(), optimize = "all", arena = true } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new InputError("threads", `threads: expected a whole number of at least 1, got ${threads}.`);
  }
  checkDevice(device);
  return {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: optimize === "none" ? "disabled" : optimize,
    enableCpuMemArena: arena,
    // One block for everything, planned after the first run, would come on top of what the first run took: measured on a
    // ResNet-50 training step, 2.7 GB instead of 1.8 GB, at the same speed.
    enableMemPattern: false,
    logSeverityLevel: 4,
    // Threads that wait actively between runs too would take the cores of the next session, of the workers and of this thread: two sessions by
    // turns took twice their time. Within a run they still do.
    extra: { session: { force_spinning_stop: "1" } },
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  };
}

/** Where outputs are left after a run, by name. */
export type OutputLocations = Readonly<Record<string, "cpu" | "gpu-buffer">>;

/** Loads a model with our options; the runtime's errors become ours. */
export async function openRuntimeSession(model: Uint8Array, options: EngineOptions, task: RuntimeTask, locations?: OutputLocations): Promise<InferenceSession> {
  const settings = { ...sessionOptions(options), ...(locations && { preferredOutputLocation: locations }) };
  try {
    return await InferenceSession.create(model, settings);
  } catch (error) {
    const { device = "cpu" } = options;
    const message = error instanceof Error ? error.message : String(error);
    if (device !== "cpu" && /provider|adapter|device|webgpu|cuda|shared library/i.test(message)) {
      // The runtime puts its own source position before the reason.
      throw deviceUnavailable(device, message.replaceAll(/\s+/g, " ").replace(/^.*was false\. /, "").slice(0, 300));
    }
    throw translateError(error, task);
  }
}

/** The same memory as the runtime wants to see it. */
export function toRuntime(value: Tensor): RuntimeTensor {
  return new RuntimeTensor(value.dtype as "float32", value.data as Float32Array, value.shape);
}

/** The same memory as we see it. */
export function fromRuntime(value: RuntimeTensor): Tensor {
  const dtype = value.type as DataType;
  return { dtype, shape: value.dims, data: value.data as unknown as TensorStorage[DataType] };
}
