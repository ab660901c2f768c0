import { float32, InputError, type Tensor } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { explainedGraph, relevanceMass } from "../explain/index.js";
import type { Network } from "../models/index.js";
import type { CaseSource } from "../train/index.js";
import type { Region } from "./images-of-study.js";
import type { ViewImages } from "./regions/view-images.js";
import type { TaskContext } from "./run-task.js";
import type { CasePrediction, TaskRecord } from "./task-record.js";

export interface ExplainedCases {
  readonly predictions: CasePrediction[];
  readonly maps: TaskRecord["maps"];
}

export interface ExplainCasesOptions {
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
  readonly source: CaseSource;
  readonly view: ViewImages;
  readonly test: readonly number[];
}

/** Cases explained at once. */
const batchSize = 16;

/** Prediction and heat map of the test cases, by one graph: probabilities are means over a case's images, the map is of its first. */
export async function explainCases({ network, weights, source, view, test }: ExplainCasesOptions, context: TaskContext): Promise<ExplainedCases> {
  const session = await createSession(explainedGraph(network, weights, { method: context.method }), context.engine);
  const { classes } = network;
  const predictions: CasePrediction[] = [];
  const maps: Float32Array[] = [];
  let [height, width] = [1, 1];
  try {
    for (let first = 0; first < test.length; first += batchSize) {
      context.signal?.throwIfAborted();
      const indices = test.slice(first, first + batchSize);
      const rows = indices.map(() => new Float64Array(classes));
      const copies = view.of(indices[0]!).length;
      for (let copy = 0; copy < copies; copy++) {
        const images = await source.read(indices.map((index) => view.of(index)[copy]!), { view: undefined, signal: context.signal });
        const result = await session.run({ input: images });
        const probabilities = result["probabilities"]!.data as Float32Array;
        rows.forEach((row, i) => row.forEach((_, k) => (row[k]! += probabilities[i * classes + k]! / copies)));
        if (copy > 0) continue;
        const map = result["map"]!;
        [, height, width] = map.shape as [number, number, number];
        const size = height * width;
        indices.forEach((_, i) => maps.push((map.data as Float32Array).slice(i * size, (i + 1) * size)));
      }
      rows.forEach((row, i) => {
        const index = indices[i]!;
        const probabilities = Array.from(row, Math.fround);
        predictions.push({
          case: context.dataset.cases[index]!.id,
          label: source.labels[index]!,
          predicted: probabilities.indexOf(Math.max(...probabilities)),
          probabilities,
          ...relevanceIn(view.regions.get(index), { values: maps[first + i]!, height, width }),
        });
      });
    }
  } finally {
    await session.release();
  }
  const all = float32([maps.length, height, width], Float32Array.from(maps.flatMap((map) => [...map])));
  return { predictions, maps: { height, width, values: Buffer.from(all.data.buffer, all.data.byteOffset, all.data.byteLength).toString("base64") } };
}

function relevanceIn(region: Region | undefined, map: { values: Float32Array; height: number; width: number }): Pick<CasePrediction, "relevance" | "regionShare"> {
  if (region === undefined) return {};
  try {
    return { relevance: relevanceMass(map, region), regionShare: region.share };
  } catch (error) {
    if (error instanceof InputError && error.code === "not-estimable") return { relevance: null, regionShare: region.share };
    throw error;
  }
}
