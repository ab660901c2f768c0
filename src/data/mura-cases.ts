import path from "node:path";
import type { Case } from "./dataset.js";

/** Name of the free column that holds the body part. */
export const bodyPartColumn = "body_part";

interface MuraPath {
  readonly part: "train" | "valid" | undefined;
  readonly body: string | undefined;
  readonly patient: string;
  readonly finding: "positive" | "negative";
}

/** Reads `valid/XR_SHOULDER/patient00001/study1_positive/image1.png`, the folder of the part and of the body part being optional. */
function readPath(file: string): MuraPath | undefined {
  const folders = file.split("/").slice(0, -1);
  const finding = /^study\d+_(positive|negative)$/.exec(folders.at(-1) ?? "")?.[1] as MuraPath["finding"] | undefined;
  const patient = folders.at(-2) ?? "";
  if (finding === undefined || !/^patient\d+$/.test(patient)) return undefined;
  const body = /^XR_([A-Za-z]+)$/.exec(folders.at(-3) ?? "")?.[1]?.toLowerCase();
  const above = folders.at(body === undefined ? -3 : -4);
  return { part: above === "train" || above === "valid" ? above : undefined, body, patient, finding };
}

/** Whether a path below a folder is laid out as MURA's are. */
export function isMuraPath(file: string): boolean {
  return readPath(file) !== undefined;
}

/**
 * One image of a set laid out as MURA: the patient from the folder, the label from the study's name, the study as the
 * unit of decision, the body part as a free column; train and valid as the split, valid being what is tested on.
 * @param id path below the folder that was given, with forward slashes
 * @param above name of the folder that was given, which may be that of the part or of a body part
 * @see P. Rajpurkar et al., MURA: large dataset for abnormality detection in musculoskeletal radiographs, 2018, arXiv:1712.06957
 */
export function muraCase(root: string, id: string, above: string): Case {
  const { part, body, patient, finding } = readPath(`${above}/${id}`)!;
  return {
    id,
    file: path.resolve(root, id),
    label: finding === "positive" ? "abnormal" : "normal",
    patient,
    unit: path.posix.dirname(id),
    ...(part !== undefined && { split: part === "train" ? "train" : "test" }),
    fields: { [bodyPartColumn]: body ?? "" },
  };
}
