import { writeFileAtomic } from "../../files/index.js";
import type { OpenStudy } from "../open-study.js";
import type { StudyPlan } from "../plan.js";
import type { TaskRecord } from "../task-record.js";
import type { ExternalResult } from "./contract.js";
import { measureExternal } from "./measure-external.js";
import type { ExternalSet } from "./open-external.js";
import { predictExternal } from "./predict-external.js";

/** Predicts the external test set with every trained network, writes `external.csv` and measures it. */
export async function testExternal(set: ExternalSet, { study: { context }, plan, records }: { readonly study: OpenStudy; readonly plan: StudyPlan; readonly records: ReadonlyMap<string, readonly TaskRecord[]> }): Promise<ExternalResult> {
  const cells: { id: string; records: TaskRecord[] }[] = [];
  for (const { id } of plan.cells) {
    context.onProgress?.({ task: "external test set", done: cells.length, total: plan.cells.length, unit: "cells", note: id });
    cells.push({ id, records: await predictExternal(records.get(id)!, set, context) });
  }
  context.onProgress?.({ task: "external test set", done: cells.length, total: plan.cells.length, unit: "cells" });
  const first = plan.folds[0]!.seed;
  const { result, table } = measureExternal(cells, set, { level: plan.level, seed: first, networks: plan.folds.filter(({ seed }) => seed === first).length });
  await writeFileAtomic(context.folder.file("external.csv"), table);
  return result;
}
