import type { HeatMapValue } from "../contract/cases.js";
import type { MethodName } from "../../explain/index.js";
import { methodOf, type StoredMethod, type StoredSummary } from "./index-run.js";
import { unknownName } from "../../base/index.js";
import { notFound } from "../http/refusal.js";
import type { Workbench } from "../workbench.js";
import { chooseCell } from "./case-selection.js";
import { encodeMap, frameOn, placementOf, storedMap } from "./heat-maps.js";
import { modelPath } from "./map-maker.js";

export interface MapQuery {
  readonly cell: string;
  readonly seed?: number | undefined;
  readonly method?: string | undefined;
  readonly label?: string | undefined;
}

async function findMethod(name: string): Promise<StoredMethod> {
  const { methods } = await import("../../explain/index.js");
  if (!Object.hasOwn(methods, name)) throw unknownName("method", name, Object.keys(methods));
  return { name, ...methods[name as MethodName] };
}

/** A heat map of a case: the one the study stored, or another method asked of the fold's model now. */
export async function sayMap(bench: Workbench, params: { readonly study: string; readonly case: string }, query: MapQuery): Promise<HeatMapValue> {
  const { store, catalog, files, pictures } = bench;
  const row = await catalog.row(params.study);
  const results = await catalog.results(row);
  const subject = await store.db.selectFrom("study_cases").selectAll().where("study_id", "=", row.id).where("key", "=", params.case).executeTakeFirst();
  const chosen = await chooseCell(store, row.id, query);
  if (results === undefined || subject === undefined || chosen === undefined) throw notFound("heat map");
  const prediction = await store.db.selectFrom("predictions").selectAll().where("study_id", "=", row.id).where("cell", "=", chosen.cell).where("seed", "=", chosen.seed).where("case_key", "=", subject.key).executeTakeFirst();
  const facts = await pictures.facts(row, results, subject);
  if (prediction === undefined || facts === undefined) throw notFound("heat map");
  const stored = storedMap(await catalog.record(row, prediction), subject.name);
  const own = (JSON.parse(row.summary) as StoredSummary).method ?? (await methodOf(results));
  const method = query.method === undefined || query.method === own.name ? own : await findMethod(query.method);
  const label = query.label === undefined ? undefined : results.data.labels.indexOf(query.label);
  if (label === -1) throw unknownName("label", query.label!, [...results.data.labels]);
  const isStored = method.name === own.name && (label === undefined || results.data.labels[label] === prediction.predicted);
  const place = await placementOf(files, row, results, { picture: facts, imageSha256: subject.image_sha256, ...(stored?.window && { window: stored.window }) });
  const say = (map: { values: Float32Array; height: number; width: number }): HeatMapValue => ({
    cell: chosen.cell, seed: chosen.seed, fold: prediction.fold, method: method.name, title: method.title, height: map.height, width: map.width, values: encodeMap(map.values), signed: method.signed, frame: frameOn(facts, place), predicted: prediction.predicted,
  });
  if (isStored && stored !== undefined) return say(stored);
  const model = await store.db.selectFrom("models").select(["id", "path", "sha256"]).where("study_id", "=", row.id).where("cell", "=", chosen.cell).where("seed", "=", chosen.seed).where("fold", "=", prediction.fold).executeTakeFirst();
  if (model === undefined) throw notFound("model");
  const picture = await pictures.picture(row, results, subject);
  if (picture === undefined) throw notFound("heat map");
  const original = await files.original(row, results, { name: subject.name, imageSha256: subject.image_sha256 });
  return say(await bench.maps.make({ model: modelPath(catalog.folderOf(row), model.path), picture, original, method: method.name as MethodName, ...(label !== undefined && { label }), key: `${model.sha256} ${subject.key} ${method.name} ${label ?? ""}` }));
}
