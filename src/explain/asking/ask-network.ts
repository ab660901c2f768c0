import { float32, type Tensor } from "../../base/index.js";
import type { Session } from "../../engine/index.js";
import type { Fill, Question } from "../methods/contract.js";
import { runBatches, type Course } from "./batches.js";
import type { NetworkSessions } from "./network-sessions.js";

/** One image with what the network says of it. */
export interface AskedImage {
  /** [C, H, W] */
  readonly image: Float32Array;
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Weights of the logits, [K]. */
  readonly selector: Float32Array;
  /** The target layer, [1, C, h, w], where it was asked for. */
  readonly activations?: Tensor;
}

interface Series {
  readonly count: number;
  /** Of one item. */
  readonly shape: readonly number[];
  readonly fill: Fill;
}

/** The questions that a driven method may ask of a network about one image. */
export function askNetwork(sessions: NetworkSessions, { image, shape, selector, activations }: AskedImage, course: Course): Question {
  const [channels, height, width] = shape;
  const rows = (n: number) => repeated(selector, [n, selector.length]);
  const feedsOf = (session: Session, known: Readonly<Record<string, Tensor>>) => Object.fromEntries(session.inputs.map(({ name }) => [name, known[name]!]));
  const series = async (session: Session, items: Series, feeds: (batch: Tensor<"float32">) => Record<string, Tensor>) => {
    const result = new Float64Array(items.count);
    await runBatches(items, course, async (batch, first) => {
      const outputs = await session.run(feedsOf(session, { ...feeds(batch), selector: rows(batch.shape[0]!) }));
      result.set(outputs["score"]!.data as Float32Array, first);
    });
    return result;
  };
  const layerOf = ({ data, shape: [, ...layerShape] }: Tensor): Question["layer"] => ({
    activations: data as Float32Array,
    channels: layerShape[0]!,
    height: layerShape[1]!,
    width: layerShape[2]!,
    scores: async (count, fill) => {
      const tail = await sessions.tail();
      const bypassed = tail.inputs.some(({ name }) => name === "input");
      return series(tail, { count, shape: layerShape, fill }, (batch) => ({ [sessions.layer]: batch, ...(bypassed && { input: repeated(image, [batch.shape[0]!, ...shape]) }) }));
    },
  });
  return {
    image,
    channels,
    height,
    width,
    scores: async (count, fill) => series(await sessions.score(), { count, shape, fill }, (batch) => ({ input: batch })),
    mixtures: async (baseline, count, fill) => {
      const fixed = { image: float32([1, ...shape], image), baseline: float32([1, ...shape], baseline) };
      return series(await sessions.mixed(), { count, shape: [1, height, width], fill }, (mask) => ({ ...fixed, mask }));
    },
    gradients: async (count, fill, accept) => {
      const session = await sessions.gradient();
      await runBatches({ count, shape, fill }, course, async (batch, first) => {
        const n = batch.shape[0]!;
        const outputs = await session.run(feedsOf(session, { input: batch, selector: rows(n) }));
        const values = outputs["gradient"]!.data as Float32Array;
        for (let i = 0; i < n; i++) accept(first + i, values.subarray(i * image.length, (i + 1) * image.length), Number(outputs["score"]!.data[i]));
      });
    },
    ...(activations && { layer: layerOf(activations) }),
  };
}

/** One item as a batch of equals; the first extent is their number. */
function repeated(item: Float32Array, shape: readonly number[]): Tensor<"float32"> {
  const data = new Float32Array(shape[0]! * item.length);
  for (let i = 0; i < shape[0]!; i++) data.set(item, i * item.length);
  return float32(shape, data);
}
