import { seededRandom, type Tensor } from "../../base/index.js";
import type { Dataset } from "../../data/index.js";
import type { EngineOptions } from "../../engine/index.js";
import type { Graph } from "../../graph/index.js";
import { measureFrame } from "../../images/index.js";
import { addDistance, chooseFeatures, distanceOf, type DistanceFit, type ModelScope, type Network } from "../../models/index.js";
import { fitDistance, measureFeatures, readLogits, type CaseFeatures, type CaseSource } from "../../train/index.js";
import type { ViewImages } from "../regions/view-images.js";
import type { ScopeTold } from "./recipe-key.js";
import { trainedOnOf } from "./trained-on.js";

export interface TaskScopeOptions {
  readonly dataset: Pick<Dataset, "cases" | "labels">;
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
  readonly source: CaseSource;
  readonly view: ViewImages;
  /** Cases the network was trained on, and cases held out of training that are no test cases. */
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
  readonly told?: ScopeTold;
  readonly engine?: EngineOptions;
  readonly signal?: AbortSignal;
}

export interface TaskScope {
  readonly scope: ModelScope;
  /** The graph with the distance beside its other outputs; as it is where no distance could be fitted. */
  readonly withDistance: (graph: Graph) => Graph;
}

const usualRate = 0.05;
/** Cases that features are measured on, of either kind: more would hardly move the fit. */
const most = 400;

function sampled(indices: readonly number[], name: string): readonly number[] {
  return indices.length <= most ? indices : seededRandom("scope", name, indices.length).shuffle(indices).slice(0, most).sort((a, b) => a - b);
}

/** What a network just trained is for: what its training cases were, how far from them an image may lie, and what inputs and outputs look like. */
export async function scopeOfTask(options: TaskScopeOptions): Promise<TaskScope> {
  const { dataset, network, view, told } = options;
  const trainedOn = trainedOnOf(options.train.map((index) => dataset.cases[index]!), told);
  const choice = chooseFeatures(network);
  const [train, heldOut] = [sampled(options.train, "training"), sampled(options.heldOut, "held out")];
  const measure = async (cases: readonly number[]): Promise<CaseFeatures[][]> => {
    const images = cases.flatMap((index) => view.of(index));
    const features = await measureFeatures({ ...options, choice, indices: images });
    const copies = cases.length === 0 ? 1 : images.length / cases.length;
    return cases.map((_, i) => features.slice(i * copies, (i + 1) * copies));
  };
  if (choice.values.length === 0) return { scope: { trainedOn }, withDistance: (graph) => graph };
  const [seen, unseen] = [await measure(train), await measure(heldOut)];
  const rate = told?.falseRefusalRate ?? usualRate;
  const copies = seen[0]?.length ?? 1;
  const groupOf = (index: number): string => dataset.cases[index]!.kin ?? dataset.cases[index]!.patient ?? String(index);
  const fitted = fitDistance({
    choice,
    training: seen.flat().map(({ features }) => features),
    groups: train.flatMap((index) => view.of(index).map(() => groupOf(index))),
    heldOut: unseen.flat().map(({ features }) => features),
    // The farther of a case's images decides: each may be refused half as often.
    falseRefusalRate: rate / copies,
  });
  const usesHeldOut = fitted === undefined ? unseen.length > 0 : fitted.facts.fittedOn === "held-out";
  const [measured, cases] = usesHeldOut ? [unseen, heldOut] : [seen, train];
  return {
    scope: {
      trainedOn,
      ...(fitted && { distance: { ...fitted.facts, falseRefusalRate: rate } }),
      reference: { ...referenceOf(cases, measured, { ...options, fit: fitted?.fit }), fittedOn: usesHeldOut ? "held-out" : "training" },
    },
    withDistance: (graph) => (fitted === undefined ? graph : addDistance(graph, choice, fitted.fit)),
  };
}

/** Rows kept for comparison: enough for a fine rank, few enough for the file. */
const mostRows = 200;

function referenceOf(cases: readonly number[], measured: readonly (readonly CaseFeatures[])[], { dataset, view, fit }: Pick<TaskScopeOptions, "dataset" | "view"> & { readonly fit: DistanceFit | undefined }): { columns: string[]; rows: number[][] } {
  const order = seededRandom("reference", cases.length).shuffle(cases.map((_, i) => i)).slice(0, mostRows);
  const rows = order.map((i) => {
    const index = view.of(cases[i]!)[0]!;
    const { frames, placements, preprocessing } = view.prepared;
    const traits = measureFrame(frames[index]!.subarray(0, preprocessing.size ** 2), placements[index]!);
    const rowsOfCase = measured[i]!.map(({ logits }) => Array.from(readLogits({ dtype: "float32", shape: [1, logits.length], data: logits }).probabilities.data));
    const probabilities = dataset.labels.map((_, k) => rowsOfCase.reduce((sum, row) => sum + row[k]!, 0) / rowsOfCase.length);
    const distance = fit === undefined ? [] : [Math.max(...measured[i]!.map(({ features }) => distanceOf(features, fit)))];
    return [...Object.values(traits), ...distance, Math.max(...probabilities), ...probabilities].map((value) => Number(value.toPrecision(5)));
  });
  const traitNames = ["brightness", "contrast", "dark", "bright", "sharpness", "shape"];
  return { columns: [...traitNames, ...(fit === undefined ? [] : ["distance"]), "confidence", ...dataset.labels.map((label) => `probability ${label}`)], rows };
}
