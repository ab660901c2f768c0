import { InputError } from "../../base/index.js";
import type { CaseFolder } from "./make-case.js";

/** How the images of a data set are written; masks are PNG files always. */
export interface ImageEncoding {
  readonly format: "png" | "dicom";
  /** Of a sample: 8 or 16 in PNG, 12 or 16 in DICOM. */
  readonly bitDepth: 8 | 12 | 16;
  /** What radiographs are in DICOM; `"DX"` where left out. MRI is `"MR"`. */
  readonly radiographs?: "CR" | "DX";
}

/** @throws InputError `phantom-bit-depth` */
export function checkEncoding({ format, bitDepth }: ImageEncoding): void {
  const allowed: readonly number[] = format === "dicom" ? [12, 16] : [8, 16];
  if (!allowed.includes(bitDepth)) throw new InputError("phantom-bit-depth", `bit depth: expected ${allowed.join(" or ")}, as ${format === "dicom" ? "DICOM images" : "PNG files"} have it, got ${String(bitDepth)}.`);
}

/** Path of an image or mask, relative to the data set's folder. */
export function pathOf(folder: CaseFolder, name: string, format: ImageEncoding["format"]): string {
  return `${folder}/${name}.${folder === "images" && format === "dicom" ? "dcm" : "png"}`;
}
