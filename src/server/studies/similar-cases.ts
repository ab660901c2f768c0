import { float32 } from "../../base/index.js";
import { notFound } from "../http/refusal.js";
import type { Workbench } from "../workbench.js";
import { chooseCell } from "./case-selection.js";
import { LatestUsed } from "./latest-used.js";
import { modelPath } from "./map-maker.js";
import type { StudyRow } from "./run-catalog.js";

export interface SimilarCases {
  basis: string;
  items: { key: string; name: string; label: string; similarity: number }[];
}

/** Cases whose features are computed for a search at most: the first of the study by name. */
const mostCases = 2000;
const batch = 16;

/** Features of cases under one model, by key of the case, each of length 1. */
type Features = ReadonlyMap<string, Float32Array>;
const kept = new LatestUsed<string, Promise<Features>>(4);

function unit(values: Float32Array): Float32Array {
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
}

/** Names of the cases in one line, then the features of each. */
function packFeatures(features: Features): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify([...features.keys()])}\n`), ...[...features.values()].map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength))]);
}

function unpackFeatures(bytes: Buffer): Features {
  const head = bytes.indexOf("\n");
  const keys = JSON.parse(bytes.toString("utf8", 0, head)) as string[];
  const values = new Float32Array(new Uint8Array(bytes.subarray(head + 1)).buffer);
  const width = values.length / keys.length;
  return new Map(keys.map((key, i) => [key, values.subarray(i * width, (i + 1) * width)]));
}

async function measureFeatures({ catalog, files, store }: Workbench, row: StudyRow, model: string): Promise<Features> {
  const [{ createSession }, { bindConstants }, { bundleNetwork, chooseFeatures, featureGraph, readBundle }, { normalize }] = await Promise.all([import("../../engine/index.js"), import("../../graph/index.js"), import("../../models/index.js"), import("../../images/index.js")]);
  const bundle = await readBundle(modelPath(catalog.folderOf(row), model));
  const { preprocessing } = bundle.metadata;
  const { network, weights } = bundleNetwork(bundle);
  const session = await createSession(bindConstants(featureGraph(network.graph, chooseFeatures(network)), weights).graph, { threads: 1 });
  const cases = await store.db.selectFrom("study_cases").select(["key", "image_sha256"]).where("study_id", "=", row.id).orderBy("name").limit(mostCases).execute();
  const size = preprocessing.mean.length * preprocessing.size ** 2;
  const features = new Map<string, Float32Array>();
  try {
    for (let first = 0; first < cases.length; first += batch) {
      const prepared = await Promise.all(cases.slice(first, first + batch).map(async ({ key, image_sha256: image }) => ({ key, frame: (await files.prepared(row, image))?.frame })));
      const seen = prepared.filter(({ frame }) => frame !== undefined && frame.length % preprocessing.size ** 2 === 0);
      if (seen.length === 0) continue;
      const input = new Float32Array(seen.length * size);
      seen.forEach(({ frame }, i) => normalize(frame!, preprocessing, input.subarray(i * size, (i + 1) * size)));
      const { features: found } = await session.run({ input: float32([seen.length, preprocessing.mean.length, preprocessing.size, preprocessing.size], input) });
      const width = found!.data.length / seen.length;
      seen.forEach(({ key }, i) => features.set(key, unit((found!.data as Float32Array).slice(i * width, (i + 1) * width))));
    }
  } finally {
    await session.release();
  }
  return features;
}

/** The training cases of the network that did not see a case, nearest by the cosine of its features. */
export async function findSimilar(bench: Workbench, params: { readonly study: string; readonly case: string }, { cell, limit }: { readonly cell?: string | undefined; readonly limit: number }): Promise<SimilarCases> {
  const { store, catalog } = bench;
  const row = await catalog.row(params.study);
  const chosen = await chooseCell(store, row.id, { cell });
  if (chosen === undefined) throw notFound("cell");
  const rows = await store.db.selectFrom("predictions").select(["case_key", "fold", "name", "label"]).where("study_id", "=", row.id).where("cell", "=", chosen.cell).where("seed", "=", chosen.seed).execute();
  const own = rows.find(({ case_key: key }) => key === params.case);
  if (own === undefined) throw notFound("case");
  const model = await store.db.selectFrom("models").select(["path", "sha256"]).where("study_id", "=", row.id).where("cell", "=", chosen.cell).where("seed", "=", chosen.seed).where("fold", "=", own.fold).executeTakeFirst();
  if (model === undefined) return { basis: "no model of this fold was kept", items: [] };
  // Once for each model of a run: the next server finds them on disk.
  const features = await kept.get(`${row.id} ${row.stamp} ${model.sha256}`, async () => {
    const found = await bench.cache.get(`features 1 ${row.id} ${row.stamp} ${model.sha256}`, async () => {
      const made = await measureFeatures(bench, row, model.path);
      return made.size === 0 ? undefined : packFeatures(made);
    });
    return found === undefined ? new Map<string, Float32Array>() : unpackFeatures(found);
  });
  const here = features.get(params.case);
  if (here === undefined) return { basis: "the run's prepared images were cleared", items: [] };
  const items = rows
    .filter(({ fold, case_key: key }) => fold !== own.fold && features.has(key))
    .map(({ case_key: key, name, label }) => ({ key, name, label, similarity: features.get(key)!.reduce((sum, value, i) => sum + value * here[i]!, 0) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, limit);
  return { basis: `cosine of the features of ${chosen.cell}, fold ${own.fold}`, items };
}
