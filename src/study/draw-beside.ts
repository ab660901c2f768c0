import path from "node:path";
import { OsteonError, float32, unknownName } from "../base/index.js";
import { combineMaps, createExplainer, methods, scaleToPeak, type HeatMap } from "../explain/index.js";
import { decodeImage, fitToFrame, normalize } from "../images/index.js";
import { bundleNetwork, readBundle } from "../models/index.js";
import type { TaskContext } from "./run-task.js";
import { mapOf, type TaskRecord } from "./task-record.js";

/** A map of another method, in the frame the network sees; without one where the method does not suit the network. */
export interface MapBeside {
  readonly title: string;
  readonly signed: boolean;
  readonly map?: HeatMap;
}

/**
 * Explains some test cases of a task again, by the methods that are drawn beside the measured one, with the network of the model file;
 * last comes the mean of all maps, the measured one included, each over its largest size.
 * @param indices of the cases among the record's predictions
 */
export async function explainBeside(record: TaskRecord, indices: readonly number[], { explanation, folder, dataset, engine, ...context }: TaskContext): Promise<MapBeside[][]> {
  const maps: MapBeside[][] = indices.map(() => []);
  if (explanation.beside.length === 0 || record.model === undefined) return maps;
  const bundle = await readBundle(folder.file(record.model.file));
  const { preprocessing, region } = bundle.metadata;
  const { network, weights } = bundleNetwork(bundle);
  const { size, mean } = preprocessing;
  const images = float32([indices.length, mean.length, size, size], new Float32Array(indices.length * mean.length * size * size));
  const byId = new Map(dataset.cases.map((one) => [one.id, one]));
  for (const [n, index] of indices.entries()) {
    const { case: id, window } = record.predictions[index]!;
    const found = byId.get(id);
    if (found === undefined) throw unknownName("case", id, [...byId.keys()]);
    const image = await decodeImage(found.file, { channels: preprocessing.channels, name: path.basename(found.file) });
    images.data.set(normalize(fitToFrame(image, preprocessing, region?.view === "crop" ? window : undefined), preprocessing), n * mean.length * size * size);
  }
  for (const [i, name] of explanation.beside.entries()) {
    const { title, signed } = methods[name];
    try {
      const explainer = await createExplainer(network, weights, name, { ...(explanation.samples !== undefined && { samples: explanation.samples }), ...(engine && { engine }) });
      try {
        const explained = await explainer.explain(images, { ...(context.signal && { signal: context.signal }) });
        explained.maps.forEach((map, n) => maps[n]!.push({ title, signed, map }));
      } finally {
        await explainer.release();
      }
    } catch (error) {
      if (!(error instanceof OsteonError) || error.exitCode === 70) throw error;
      maps.forEach((ofCase) => ofCase.push({ title, signed }));
    }
    context.onProgress?.({ task: `examples · ${record.cell.split("/").join(" · ")} · fold ${record.fold}`, done: i + 1, total: explanation.beside.length, unit: "methods" });
  }
  maps.forEach((ofCase, n) => {
    const found = [mapOf(record, indices[n]!), ...ofCase.flatMap(({ map }) => map ?? [])];
    if (found.length > 1) ofCase.push({ title: `Mean of ${found.length} maps`, signed: ofCase.some(({ signed }) => signed), map: scaleToPeak(combineMaps(found).mean) });
  });
  return maps;
}
