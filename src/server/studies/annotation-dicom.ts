import { UnsupportedError } from "../../base/index.js";
import type { Annotation } from "../contract/cases.js";
import type { Workbench } from "../workbench.js";

export async function annotationAsDicom(_bench: Workbench, _annotation: Annotation, kind: "seg" | "sr"): Promise<Uint8Array> {
  throw new UnsupportedError("annotation-dicom", `annotation: expected ${kind}, got none.`);
}
