import { float32, UnsupportedError } from "../base/index.js";
import { dataTypeCode, GraphBuilder } from "../graph/index.js";
import type { EngineOptions } from "./options.js";
import { createSession } from "./session.js";

const found = new Map<string, Promise<boolean>>();

/**
 * Whether the device computes in 16-bit floats: found out once per process by a small product and a convolution in them. The runtime takes such a graph on
 * any device, and only the first run says that an adapter has no `shader-f16`. The processor's side of the runtime converts to 32 bits
 * and back, which is no gain: false.
 * @throws UnsupportedError `device-unavailable`
 */
export function computesInHalf({ device = "cpu" }: Pick<EngineOptions, "device">): Promise<boolean> {
  if (device === "cpu") return Promise.resolve(false);
  const known = found.get(device) ?? tryHalf(device);
  found.set(device, known);
  return known;
}

/** relu(Σ x) xᵀ for x = 1, 2, 3, 4, twice, by a convolution and a product in float16: 10, 20, 30, 40. */
async function tryHalf(device: NonNullable<EngineOptions["device"]>): Promise<boolean> {
  const builder = new GraphBuilder({ name: "probe of float16" });
  const half = (value: string) => builder.op("Cast", [value], { to: dataTypeCode("float16") });
  const x = half(builder.input("x", "float32", [1, 4, 1, 1]));
  const summed = builder.op("Relu", [builder.op("Conv", [x, half(builder.input("w", "float32", [2, 4, 1, 1]))], { kernel_shape: [1, 1] })]);
  const rows = builder.op("MatMul", [builder.op("Reshape", [summed, builder.constant([2, 1])]), builder.op("Reshape", [x, builder.constant([1, 4])])]);
  builder.output(builder.op("Cast", [rows], { to: dataTypeCode("float32") }), "y");
  const session = await createSession(builder.build(), { device });
  try {
    const { y } = await session.run({ x: float32([1, 4, 1, 1], [1, 2, 3, 4]), w: float32([2, 4, 1, 1], new Float32Array(8).fill(1)) });
    return (y!.data as Float32Array).every((value, i) => value === 10 * ((i % 4) + 1));
  } catch (error) {
    if (error instanceof UnsupportedError) throw error;
    // "requires f16 but the device does not support it"; any other reason would keep a training step from running as well.
    return false;
  } finally {
    await session.release();
  }
}
