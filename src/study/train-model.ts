import { copyFile } from "node:fs/promises";
import { InternalError } from "../base/index.js";
import { withFileErrors } from "../files/index.js";
import { withStudy, type StudyOptions } from "./open-study.js";
import { runTask } from "./run-task.js";

export interface TrainedModel {
  /** The model file. */
  readonly file: string;
  readonly sha256: string;
  readonly cases: number;
  readonly seconds: number;
}

/**
 * Trains the recipe's first cell on all cases and writes one model file. Nothing is tested: how good such a network is,
 * a study tells. Goes on from the last checkpoint like a study.
 */
export async function trainModel(options: StudyOptions): Promise<TrainedModel> {
  return withStudy(options, async ({ context, dataset, cells }) => {
    const all = dataset.cases.map((_, i) => i);
    const record = await runTask(cells[0]!, { seed: options.recipe.seeds?.[0] ?? 1, fold: 0, train: all, test: [] }, context);
    if (record.model === undefined) throw new InternalError("model-discarded", "train: expected a model to be kept, got none.");
    const file = context.folder.file("model.onnx");
    await withFileErrors(file, () => copyFile(context.folder.file(record.model!.file), file));
    return { file, sha256: record.model.sha256, cases: all.length, seconds: record.seconds };
  });
}
