import { open } from "node:fs/promises";
import path from "node:path";
import type { Warning } from "../base/index.js";
import { createPseudonyms, looksLikeDicom, parseDicom } from "../dicom/index.js";
import { sha256, withFileErrors } from "../files/index.js";
import type { Case } from "./dataset.js";
import { factsOf, type HeaderFacts } from "./header-facts.js";
import { createHide, type Hide } from "./hide-identity.js";

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

async function readFacts(file: string): Promise<HeaderFacts | undefined> {
  for (const length of [headerBytes, Number.MAX_SAFE_INTEGER]) {
    const head = await readHead(file, length);
    if (head === undefined || !looksLikeDicom(head)) return undefined;
    try {
      return factsOf(parseDicom(head, { headerOnly: true }));
    } catch {
      // Cut off in its header, or damaged; the check of the images tells which.
    }
  }
  return undefined;
}

export interface DicomCasesOptions {
  /** Secret that pseudonyms come from, to be those of other data sets and of `dicom deidentify`; where left out, they come from the data set itself. */
  readonly key?: Uint8Array;
  /** Keep paths and text burned into images as they are. Patients and UIDs stand under pseudonyms all the same: nothing needs them. */
  readonly keepIdentity?: boolean;
}

export interface DicomCases {
  readonly cases: readonly Case[];
  /** Columns that the headers added. */
  readonly columns: readonly string[];
  readonly warnings: readonly Warning[];
  /** A text without words that say who a patient is. */
  readonly hide: Hide;
}

/**
 * De-identifies the DICOM cases of a data set: patients and UIDs by pseudonyms, a folder or file name that repeats a name,
 * number or UID of the header by another; and notes in columns how the images were taken. The same data give the same
 * pseudonyms at every run; without the key, or the images, they cannot be turned back.
 */
export async function describeDicom(cases: readonly Case[], { key, keepIdentity = false }: DicomCasesOptions = {}): Promise<DicomCases> {
  const asked = cases.filter(({ file }) => !/\.(png|jpe?g)$/i.test(file));
  const found = new Map<string, HeaderFacts>();
  for (let at = 0; at < asked.length; at += atOnce) {
    await Promise.all(
      asked.slice(at, at + atOnce).map(async ({ id, file }) => {
        const facts = await readFacts(file);
        if (facts !== undefined) found.set(id, facts);
      }),
    );
  }
  if (found.size === 0) return { cases, columns: [], warnings: [], hide: (text) => text };
  const all = [...found.values()];
  const salt = sha256([...new Set(all.map(({ study }) => study))].sort().join("\n"));
  const pseudonyms = createPseudonyms(key ?? Buffer.from(salt, "hex"));
  const hide: Hide = keepIdentity ? (text) => text : createHide(all, key ?? Buffer.from(salt, "hex"));
  const described = cases.map((one): Case => {
    const facts = found.get(one.id);
    // A file whose header cannot be read may still be called by its patient.
    if (facts === undefined) return asked.includes(one) ? { ...one, id: hide(one.id) } : one;
    const uids = Object.fromEntries(Object.entries(facts.uids).map(([column, uid]) => [column, pseudonyms.uid(uid)]));
    return {
      ...one,
      id: hide(one.id, facts),
      patient: one.patient === undefined ? pseudonyms.patient(facts.identity) : hide(one.patient, facts),
      fields: { ...facts.fields, ...uids, ...one.fields },
      ...(keepIdentity && { keepIdentity: true as const }),
    };
  });
  const patients = new Set(all.map(({ identity }) => identity)).size;
  const hidden = described.filter(({ id }, i) => id !== cases[i]!.id).length;
  const rest = keepIdentity ? "Paths and text burned into the images are kept, as asked." : `Text burned into the images is painted over${hidden > 0 ? `, and ${hidden} paths that repeat who the patient is were changed` : ""}; --keep-identity keeps both.`;
  return {
    cases: described,
    columns: [...new Set(all.flatMap(({ fields, uids }) => [...Object.keys(fields), ...Object.keys(uids)]))],
    warnings: [{ code: "dicom-patients", message: `patients: ${found.size} DICOM files of ${patients} patients; pseudonyms stand in place of patients and UIDs. ${rest}` }],
    hide,
  };
}
