import { float32, UnsupportedError } from "../base/index.js";
import { GraphBuilder } from "../graph/index.js";
import type { Device } from "./options.js";
import { createSession } from "./session.js";

const side = 1024;

/** Seconds of a product of two matrices on a device, the best of four; undefined where there is no such device. */
async function measure(device: Device): Promise<number | undefined> {
  const builder = new GraphBuilder({ name: "measure" });
  const product = builder.op("MatMul", [builder.input("a", "float32", [side, side]), builder.input("b", "float32", [side, side])]);
  // One number comes back, so that the transfer of the result does not count.
  builder.output(builder.op("ReduceSum", [builder.op("MatMul", [product, "b"])], { keepdims: 0 }));
  try {
    const session = await createSession(builder.build(), { device });
    const matrix = float32([side, side], new Float32Array(side * side).fill(1 / side));
    const seconds: number[] = [];
    for (let i = 0; i < 4; i++) {
      const started = performance.now();
      await session.run({ a: matrix, b: matrix });
      seconds.push((performance.now() - started) / 1000);
    }
    await session.release();
    return Math.min(...seconds);
  } catch (error) {
    if (error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

/** The device of this machine that multiplies matrices fastest: CUDA, WebGPU or the CPU. A graphics driver that computes on the CPU loses to the CPU itself. */
export async function chooseDevice(): Promise<Device> {
  const candidates: readonly Device[] = ["cpu", "cuda", "webgpu"];
  const times: (readonly [Device, number])[] = [];
  for (const device of candidates) {
    const seconds = await measure(device);
    if (seconds !== undefined) times.push([device, seconds]);
  }
  return times.toSorted(([, a], [, b]) => a - b)[0]![0];
}

/**
 * Sees to it that a device is there, before anything is begun that needs it.
 * @throws UnsupportedError `device-unavailable`
 */
export async function requireDevice(device: Device): Promise<void> {
  if (device === "cpu") return;
  const builder = new GraphBuilder({ name: "probe" });
  builder.output(builder.op("Neg", [builder.input("x", "float32", [1])]));
  await (await createSession(builder.build(), { device })).release();
}
