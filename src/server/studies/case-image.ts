import { randomBytes } from "node:crypto";
import { createPseudonyms, deidentifyFile, parseDicom } from "../../dicom/index.js";
import type { Raw } from "../http/answer.js";
import { notFound } from "../http/refusal.js";
import type { CasePicture } from "./case-picture.js";

export function picturePage(bytes: Uint8Array | undefined): Raw {
  if (bytes === undefined) throw notFound("picture");
  return { raw: "bytes", bytes, mediaType: "image/png" };
}

/** Pseudonyms of this run of the server: what leaves as DICOM cannot be joined to anything else. */
const pseudonyms = createPseudonyms(randomBytes(32));

/** A DICOM file without whose it is; its geometry and grey values stay. */
export function withoutIdentity(bytes: Buffer): Buffer {
  return Buffer.concat(deidentifyFile(parseDicom(bytes, { name: "image" }), { options: new Set(["clean-pixels", "retain-patient-characteristics"]), pseudonyms }).parts as Uint8Array[]);
}

/** The DICOM file of a case. */
export function caseDicom(picture: CasePicture | undefined): Raw {
  if (picture?.dicom === undefined) throw notFound("DICOM file");
  return { raw: "bytes", bytes: withoutIdentity(picture.dicom), mediaType: "application/dicom", name: "image.dcm" };
}
