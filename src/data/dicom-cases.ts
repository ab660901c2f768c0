import { createHmac } from "node:crypto";
import { open } from "node:fs/promises";
import path from "node:path";
import type { Warning } from "../base/index.js";
import { looksLikeDicom, parseDicom } from "../dicom/index.js";
import { sha256, withFileErrors } from "../files/index.js";
import type { Case } from "./dataset.js";

/** Enough for nearly every header; a longer one is read whole. */
const headerBytes = 256 * 1024;
const atOnce = 16;

/** Reads the beginning of a file; undefined where it cannot be read. */
async function readHead(file: string, length: number): Promise<Uint8Array | undefined> {
  try {
    const handle = await withFileErrors(file, () => open(file, "r"));
    try {
      const size = Math.min(length, (await handle.stat()).size);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** True for a DICOM file by content, whatever its name; the index DICOMDIR is none. */
export async function isDicomImageFile(file: string): Promise<boolean> {
  if (path.basename(file).toUpperCase() === "DICOMDIR") return false;
  const head = await readHead(file, 4096);
  return head !== undefined && looksLikeDicom(head);
}

interface Identity {
  readonly patient: string;
  readonly study: string;
}

async function readIdentity(file: string): Promise<Identity | undefined> {
  for (const length of [headerBytes, Number.MAX_SAFE_INTEGER]) {
    const head = await readHead(file, length);
    if (head === undefined || !looksLikeDicom(head)) return undefined;
    try {
      const { dataset } = parseDicom(head, { headerOnly: true });
      const id = dataset.text("PatientID");
      return id === undefined ? undefined : { patient: `${dataset.text("IssuerOfPatientID") ?? ""}\n${id}`, study: dataset.text("StudyInstanceUID") ?? dataset.text("SOPInstanceUID") ?? "" };
    } catch {
      // Cut off in its header, or damaged; the check of the images tells which.
    }
  }
  return undefined;
}

/**
 * Names the patients of DICOM cases that name none, by pseudonyms: a hash of PatientID, salted with the study UIDs of the
 * data set, so that it is the same at every run and cannot be turned back without the images. No identity is kept.
 */
export async function namePatients(cases: readonly Case[]): Promise<{ cases: readonly Case[]; warnings: readonly Warning[] }> {
  const unnamed = cases.filter(({ patient, file }) => patient === undefined && !/\.(png|jpe?g)$/i.test(file));
  if (unnamed.length === 0) return { cases, warnings: [] };
  const found = new Map<string, Identity>();
  for (let at = 0; at < unnamed.length; at += atOnce) {
    await Promise.all(
      unnamed.slice(at, at + atOnce).map(async ({ id, file }) => {
        const identity = await readIdentity(file);
        if (identity !== undefined) found.set(id, identity);
      }),
    );
  }
  if (found.size === 0) return { cases, warnings: [] };
  const salt = sha256([...new Set([...found.values()].map(({ study }) => study))].sort().join("\n"));
  const named = cases.map((one) => {
    const identity = found.get(one.id);
    return identity === undefined ? one : { ...one, patient: `patient-${createHmac("sha256", salt).update(identity.patient).digest("hex").slice(0, 12)}` };
  });
  const patients = new Set([...found.values()].map(({ patient }) => patient)).size;
  return { cases: named, warnings: [{ code: "dicom-patients", message: `patients: ${found.size} DICOM files name ${patients} by PatientID; pseudonyms stand in their place.` }] };
}
