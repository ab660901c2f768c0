import { createSession, type EngineOptions } from "../../engine/index.js";
import { bindConstants } from "../../graph/index.js";
import { askModel, type AskedModel } from "../quality/asked-model.js";
import { blurred } from "../quality/deletion.js";
import { regionShare } from "../quality/relevance-mass.js";
import { oneOf } from "./class-maps.js";
import type { AuditedCase, AuditedModel } from "./contract.js";

/** The audited network with its predictions, ready to be asked. */
export interface OpenAudit {
  readonly subject: AuditedModel;
  readonly cases: readonly AuditedCase[];
  readonly seed: number;
  readonly engine: EngineOptions | undefined;
  readonly signal: AbortSignal | undefined;
  /** Predicted class of each case. */
  readonly predicted: readonly number[];
  /** Share of the image that each known region covers. */
  readonly regionShares: readonly number[];
  /** A case to be asked about, with its blurred image. */
  readonly ask: (index: number) => Promise<{ readonly model: AskedModel; readonly blank: Float32Array }>;
  release(): Promise<void>;
}

/** Cases whose images and blurred images are kept, to be asked about again by the next method. */
const mostKept = 128;

const portion = 16;

export async function openAudit(subject: AuditedModel, cases: readonly AuditedCase[], { seed, engine, signal }: { readonly seed: number; readonly engine?: EngineOptions; readonly signal?: AbortSignal }): Promise<OpenAudit> {
  const session = await createSession(bindConstants(subject.network.graph, subject.weights).graph, engine);
  const predict = async (input: Parameters<Parameters<typeof askModel>[0]>[0]) => (await session.run({ input }))["logits"]!;
  const kept = new Map<number, { model: AskedModel; blank: Float32Array }>();
  const predicted: number[] = [];
  try {
    for (let first = 0; first < cases.length; first += portion) {
      signal?.throwIfAborted();
      const logits = await predict(await subject.read(cases.slice(first, first + portion).map((_, i) => first + i)));
      const k = logits.shape[1]!;
      const rows = logits.data as Float32Array;
      for (let n = 0; n < logits.shape[0]!; n++) {
        const row = rows.subarray(n * k, (n + 1) * k);
        predicted.push(row.indexOf(row.reduce((a, b) => Math.max(a, b))));
      }
    }
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    subject,
    cases,
    seed,
    engine,
    signal,
    predicted,
    regionShares: cases.flatMap(({ region }) => (region === undefined ? [] : [regionShare(region)])),
    ask: async (index) => {
      signal?.throwIfAborted();
      const known = kept.get(index);
      if (known !== undefined) return known;
      const images = await subject.read([index]);
      const [, channels, height, width] = images.shape as [number, number, number, number];
      const model = askModel(predict, oneOf(images, 0).slice(), { shape: [channels, height, width], class: predicted[index]!, batchSize: 22, signal });
      const asked = { model, blank: blurred(model) };
      if (kept.size < mostKept) kept.set(index, asked);
      return asked;
    },
    release: () => session.release(),
  };
}
