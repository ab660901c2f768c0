import { createHash, randomBytes } from "node:crypto";
import { looksLikeDicom, parseDicom } from "../dicom/index.js";
import { sha256OfFile } from "../files/index.js";
import { measureFrame, readImageFile } from "../images/index.js";
import { appendToLog, recordOf, type PredictionRecord } from "../monitor/index.js";
import type { DeclinedImage, ImagePrediction } from "./predict-images.js";

export interface LoggedPredictions {
  readonly modelFile: string;
  readonly predictions: readonly ImagePrediction[];
  readonly declined: readonly DeclinedImage[];
}

/**
 * What images of one exam share: a hash of the study's UID under a secret of this run alone, so that it cannot be found again
 * by trying.
 */
async function examOf(file: string, secret: Buffer): Promise<string | undefined> {
  const bytes = await readImageFile(file);
  if (!looksLikeDicom(bytes)) return undefined;
  const study = parseDicom(bytes, { headerOnly: true }).dataset.text("StudyInstanceUID");
  return study === undefined ? undefined : createHash("sha256").update(secret).update(study).digest("hex").slice(0, 16);
}

/** Notes predictions for `osteon monitor`. */
export async function logPredictions(log: string, { modelFile, predictions, declined }: LoggedPredictions): Promise<void> {
  const model = await sha256OfFile(modelFile);
  const secret = randomBytes(32);
  const records: PredictionRecord[] = [];
  // What was looked at and declined is noted like the rest: a log of accepted images alone would hide the drift.
  const all = [...predictions.map((one) => ({ file: one.file, scope: one.scope, looked: one })), ...declined];
  for (const { file, scope, looked } of all) {
    const exam = await examOf(file, secret);
    records.push(
      recordOf({
        model,
        verdict: scope.verdict,
        ...(looked && { label: looked.label, probabilities: looked.probabilities, traits: measureFrame(looked.frame.values, looked.placement) }),
        ...(scope.distance !== undefined && { distance: scope.distance }),
        ...(exam !== undefined && { exam }),
      }),
    );
  }
  await appendToLog(log, ...records);
}
