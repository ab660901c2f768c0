import { UnsupportedError, type Warning } from "../base/index.js";
import { computesInHalf, type EngineOptions } from "../engine/index.js";

/** Arithmetic of a training step. */
export const precisions = ["single", "half", "auto"] as const;
export type Precision = (typeof precisions)[number];

/** Float16 as the device computes in it, or as float32 that is rounded to it. */
export type HalfArithmetic = "native" | "emulated";

/**
 * What a precision comes to on a device: float16 or, where undefined, float32 throughout. `auto` is half where the device computes in float16, and
 * single elsewhere. Half on the processor rounds to float16 in the same places and gains nothing: it is for comparing, and so only done where asked for.
 * @throws UnsupportedError `precision-unavailable` where half is asked for and the device does not have it
 */
export async function halfArithmeticOf(precision: Precision, engine: EngineOptions): Promise<HalfArithmetic | undefined> {
  const { device = "cpu" } = engine;
  if (precision === "single") return undefined;
  if (await computesInHalf(engine)) return "native";
  if (precision === "auto") return undefined;
  if (device === "cpu") return "emulated";
  throw new UnsupportedError(
    "precision-unavailable",
    `precision half: expected a device that computes in 16-bit floats, got ${device} without them${device === "webgpu" ? " (its adapter has no shader-f16)" : ""}. Use precision single, or auto.`,
  );
}

/** What a run in half precision that gains nothing by it is told. */
export const emulatedWarning: Warning = {
  code: "precision-emulated",
  message: "Precision half on the processor: numbers are rounded to 16 bits where a graphics processor would, and computed in 32; that takes longer than precision single and is for comparing.",
};
