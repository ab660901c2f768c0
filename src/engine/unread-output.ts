import { sizeOf } from "../base/index.js";
import type { ValueInfo } from "../graph/index.js";

/** Name of the first output of graphs that write large results. */
export const unreadOutput = "osteon/unread";

/** Bytes of results from which on the copy is worth avoiding. */
const leastBytes = 2 ** 20;

/** What Node's binding of the runtime says of a value that is no tensor. */
const refusal = /non tensor type is temporarily not supported/i;

const text = new TextEncoder();

/** A length-delimited field of a protobuf message: tag, length, content (all of these are short). */
function field(number: number, content: readonly number[] | string): number[] {
  const bytes = typeof content === "string" ? [...text.encode(content)] : content;
  return [(number << 3) | 2, bytes.length, ...bytes];
}

/**
 * A node without inputs whose result, an empty sequence of float tensors, is an output: ModelProto.graph (7) with node (1: output 2,
 * name 3, op_type 4) and output (12: name 1, type 2 of sequence_type 4 of elem_type 1, a tensor_type 1 whose elem_type 1 is float).
 */
const addition: readonly number[] = field(7, [
  ...field(1, [...field(2, unreadOutput), ...field(3, unreadOutput), ...field(4, "SequenceEmpty")]),
  ...field(12, [...field(1, unreadOutput), ...field(2, field(4, field(1, field(1, [0x08, 1]))))]),
]);

/** Whether results are large, all of known size, and the runtime is Node's. */
export function isWorthwhile(outputs: readonly ValueInfo[], device: string | undefined): boolean {
  const isNode = typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === "string";
  const isKnown = outputs.every(({ shape }) => shape.every((extent) => typeof extent === "number"));
  return isNode && (device ?? "cpu") === "cpu" && isKnown && outputs.reduce((sum, { shape }) => sum + 4 * sizeOf(shape as number[]), 0) >= leastBytes;
}

/**
 * The model with one more output, before all others, that the binding cannot hand over. Outputs that were given a buffer are in it when a
 * run ends, and then the binding copies each into a new array that nobody wants: for a training step the whole state, 1.1 GB for
 * VGG16. It does so in order, and ends at the first that is no tensor. A message is the messages it is put together from, so
 * that the addition is put before.
 */
export function withUnreadOutput(model: Uint8Array): Uint8Array {
  const whole = new Uint8Array(addition.length + model.length);
  whole.set(addition);
  whole.set(model, addition.length);
  return whole;
}

/** Whether a run ended at the output that cannot be handed over, and so has written the others. */
export function isUnread(error: unknown): boolean {
  return error instanceof Error && refusal.test(error.message);
}
