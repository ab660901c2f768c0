import { InputError, type Tensor } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { createExplainer, explainedGraph, relevanceMass, type Explainer, type HeatMap } from "../explain/index.js";
import type { Network } from "../models/index.js";
import type { CaseSource } from "../train/index.js";
import { graphMethodOf } from "./explanation-methods.js";
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

/** Side that stored maps have at most: a finer map is measured as it is and kept as means over blocks. */
const storedSide = 56;

/** Maps of a batch where they do not come out of the graph that predicts. */
async function openAsked({ network, weights }: ExplainCasesOptions, { explanation: { method, samples }, engine }: TaskContext): Promise<Explainer | undefined> {
  if (graphMethodOf(method) === method) return undefined;
  return createExplainer(network, weights, method, { ...(samples !== undefined && { samples }), ...(engine && { engine }) });
}

/** A map of a size that can be kept for every case. */
function stored(map: HeatMap): HeatMap {
  const block = Math.ceil(Math.max(map.height, map.width) / storedSide);
  if (block === 1) return map;
  const [height, width] = [Math.ceil(map.height / block), Math.ceil(map.width / block)];
  const values = Float32Array.from({ length: height * width }, (_, i) => {
    const [top, left] = [Math.floor(i / width) * block, (i % width) * block];
    let [sum, count] = [0, 0];
    for (let y = top; y < Math.min(map.height, top + block); y++) for (let x = left; x < Math.min(map.width, left + block); x++, count++) sum += map.values[y * map.width + x]!;
    return sum / count;
  });
  return { values, height, width };
}

/**
 * Prediction and heat map of the test cases, by one graph or, for methods that ask many questions, by asking them: probabilities are means
 * over a case's images, the map is of its first.
 */
export async function explainCases(options: ExplainCasesOptions, context: TaskContext): Promise<ExplainedCases> {
  const { network, weights, source, view, test } = options;
  const session = await createSession(explainedGraph(network, weights, { method: graphMethodOf(context.explanation.method) }), context.engine);
  const asked = await openAsked(options, context);
  const { classes } = network;
  const predictions: CasePrediction[] = [];
  const maps: HeatMap[] = [];
  const kept: HeatMap[] = [];
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
        const found = asked ? (await asked.explain(images, { ...(context.signal && { signal: context.signal }) })).maps : mapsIn(result["map"]!);
        maps.push(...found);
        kept.push(...found.map(stored));
      }
      rows.forEach((row, i) => {
        const index = indices[i]!;
        const probabilities = Array.from(row, Math.fround);
        predictions.push({
          case: context.dataset.cases[index]!.id,
          label: source.labels[index]!,
          predicted: probabilities.indexOf(Math.max(...probabilities)),
          probabilities,
          ...relevanceIn(view.regions.get(index), maps[first + i]!),
        });
      });
    }
  } finally {
    await session.release();
    await asked?.release();
  }
  const { height, width } = kept[0] ?? { height: 1, width: 1 };
  const all = new Float32Array(kept.length * height * width);
  kept.forEach(({ values }, i) => all.set(values, i * height * width));
  return { predictions, maps: { height, width, values: Buffer.from(all.buffer).toString("base64") } };
}

/** Maps [N, h, w] one by one. */
function mapsIn({ data, shape }: Tensor): HeatMap[] {
  const [count, height, width] = shape as [number, number, number];
  const size = height * width;
  return Array.from({ length: count }, (_, i) => ({ values: (data as Float32Array).slice(i * size, (i + 1) * size), height, width }));
}

function relevanceIn(region: Region | undefined, map: HeatMap): Pick<CasePrediction, "relevance" | "regionShare"> {
  if (region === undefined) return {};
  try {
    return { relevance: relevanceMass(map, region), regionShare: region.share };
  } catch (error) {
    if (error instanceof InputError && error.code === "not-estimable") return { relevance: null, regionShare: region.share };
    throw error;
  }
}
