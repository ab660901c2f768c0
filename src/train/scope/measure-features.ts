import type { Tensor } from "../../base/index.js";
import { createSession, type EngineOptions } from "../../engine/index.js";
import { bindConstants } from "../../graph/index.js";
import { featureGraph, type FeatureChoice, type Network } from "../../models/index.js";
import type { CaseSource } from "../source.js";

export interface MeasureFeaturesOptions {
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
  readonly choice: FeatureChoice;
  readonly source: CaseSource;
  readonly indices: readonly number[];
  readonly engine?: EngineOptions;
  readonly signal?: AbortSignal;
}

export interface CaseFeatures {
  /** [D]. */
  readonly features: Float32Array;
  /** [K]. */
  readonly logits: Float32Array;
}

const batch = 16;

/** What the distance looks at, and the logits, of images without augmentation. */
export async function measureFeatures({ network, weights, choice, source, indices, engine, signal }: MeasureFeaturesOptions): Promise<CaseFeatures[]> {
  if (indices.length === 0) return [];
  const bound = bindConstants(network.graph, weights).graph;
  const graph = featureGraph(bound, choice);
  const session = await createSession({ ...graph, outputs: [...graph.outputs, ...bound.outputs.filter(({ name }) => name === "logits")] }, engine);
  const rowsOf = ({ data, shape }: Tensor): Float32Array[] => Array.from({ length: shape[0]! }, (_, i) => (data as Float32Array).slice((i * data.length) / shape[0]!, ((i + 1) * data.length) / shape[0]!));
  try {
    const rows: CaseFeatures[] = [];
    for (let first = 0; first < indices.length; first += batch) {
      const results = await session.run({ input: await source.read(indices.slice(first, first + batch), { view: undefined, signal }) });
      const logits = rowsOf(results["logits"]!);
      rows.push(...rowsOf(results["features"]!).map((features, i) => ({ features, logits: logits[i]! })));
    }
    return rows;
  } finally {
    await session.release();
  }
}
