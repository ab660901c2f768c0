import { randomBytes } from "node:crypto";
import type { Raw } from "../http/answer.js";
import { notFound } from "../http/refusal.js";
import type { CasePicture } from "./case-picture.js";

export function picturePage(bytes: Uint8Array | undefined): Raw {
  if (bytes === undefined) throw notFound("picture");
  return { raw: "bytes", bytes, mediaType: "image/png" };
}

/** Where pseudonyms of this run of the server come from: what leaves as DICOM cannot be joined to anything else. */
const key = randomBytes(32);

/** A DICOM file without whose it is; its geometry and grey values stay. */
export async function withoutIdentity(bytes: Buffer): Promise<Buffer> {
  const { createPseudonyms, deidentifyFile, parseDicom } = await import("../../dicom/index.js");
  return Buffer.concat(deidentifyFile(parseDicom(bytes, { name: "image" }), { options: new Set(["clean-pixels"]), pseudonyms: createPseudonyms(key) }).parts);
}

/** The DICOM file of a case. */
export async function caseDicom(picture: CasePicture | undefined): Promise<Raw> {
  if (picture?.dicom === undefined) throw notFound("DICOM file");
  return { raw: "bytes", bytes: await withoutIdentity(picture.dicom), mediaType: "application/dicom", name: "image.dcm" };
}
