import { readFile } from "node:fs/promises";
import path from "node:path";
import { findPreparedFrame } from "../../data/index.js";
import { overlay } from "../../explain/index.js";
import { encodePicture, type Picture } from "../../images/index.js";
import { mapOf, parseTaskRecord, type TaskRecord } from "../task-record.js";
import type { RunCase, RunCases } from "./run-cases.js";

/** A case as the network saw it, as data URLs. */
export interface CasePicture {
  readonly case: string;
  readonly image: string;
  /** With the network's heat map, where the run holds one. */
  readonly overlay?: string;
}

async function dataUrl(picture: Picture): Promise<string> {
  return `data:image/jpeg;base64,${Buffer.from(await encodePicture(picture, "jpeg")).toString("base64")}`;
}

/** The record of a task, or undefined where the run keeps it no longer: a picture without a map is still one. */
async function readRecord(folder: string, { cell, seed }: RunCases, fold: number): Promise<TaskRecord | undefined> {
  const file = path.join(folder, "tasks", cell, `seed-${seed}`, `fold-${fold}`, "task.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseTaskRecord(text, path.basename(file));
}

/**
 * Pictures of cases from the run's cache of prepared images. A unit is shown by its first image; a case whose image the
 * cache holds no longer is left out.
 */
export async function picturesOf(folder: string, run: RunCases, ids: readonly string[]): Promise<CasePicture[]> {
  const byId = new Map(run.cases.map((one): [string, RunCase] => [one.id, one]));
  const records = new Map<number, TaskRecord | undefined>();
  const pictures: CasePicture[] = [];
  for (const id of ids) {
    const [image] = byId.get(id)!.images;
    const found = image && (await findPreparedFrame(path.join(folder, "cache", "images"), image.sha256));
    if (!image || !found) continue;
    const { size } = found.placement;
    const grey = { values: found.frame.subarray(0, size * size), height: size, width: size };
    if (run.set === "test" && !records.has(image.fold)) records.set(image.fold, await readRecord(folder, run, image.fold));
    const record = records.get(image.fold);
    const at = record?.predictions.findIndex((one) => one.case === image.id && one.window === undefined) ?? -1;
    const map = record !== undefined && at >= 0 ? mapOf(record, at) : undefined;
    pictures.push({
      case: id,
      image: await dataUrl(overlay(grey, { values: new Float32Array(1), height: 1, width: 1 })),
      ...(map !== undefined && map.values.some((value) => value > 0) && { overlay: await dataUrl(overlay(grey, map)) }),
    });
  }
  return pictures;
}
