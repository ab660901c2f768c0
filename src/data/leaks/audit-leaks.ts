import type { OnProgress } from "../../base/index.js";
import { createDataPool, type DataPool } from "../data-pool.js";
import type { Case, Dataset } from "../dataset.js";
import type { LeakAudit, LeakPair, LeakSign } from "./contract.js";
import { findNamesakes, findTellingNames, signOf } from "./file-names.js";
import { findSharedIdentifiers } from "./identifier-columns.js";
import { nameKin } from "./kin.js";
import { auditWorkers, findNearDuplicates, type ImageLook } from "./near-duplicates.js";
import { findSpellings } from "./patient-names.js";

export interface LeakAuditOptions {
  /** Workers to use; by default some are opened and closed again. A small data set needs none. */
  readonly pool?: DataPool;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Images that this thread compares sooner than workers are ready. */
const smallAudit = 60;

/**
 * Looks for everything that would put one patient, or one image, on both sides of a split: the same file, the same
 * exposure in another file, one patient under two spellings, a person's name in file names, shared DICOM identifiers; and
 * for signs that tell the label or the patient. Nothing is changed: see `withKin`.
 * @throws the first error of an image (`image-...`, `file-missing`)
 */
export async function auditLeaks({ cases }: Pick<Dataset, "cases">, options: LeakAuditOptions = {}): Promise<LeakAudit> {
  const started = performance.now();
  const { pool: given, ...rest } = options;
  const own = given === undefined && cases.length > smallAudit ? createDataPool({ workers: auditWorkers() }) : undefined;
  const pool = cases.length > smallAudit ? (given ?? own) : undefined;
  try {
    const { looks, pairs: pictures, compared, threshold } = await findNearDuplicates(cases, { ...rest, ...(pool && { pool }) });
    const sameFiles = findSameFiles(looks);
    const isSameFile = new Set(sameFiles.map(({ a, b }) => `${a} ${b}`));
    const pairs: LeakPair[] = [
      ...sameFiles,
      ...pictures.filter(({ a, b }) => !isSameFile.has(`${a} ${b}`) && looks[a]!.sha256 !== looks[b]!.sha256).map(({ a, b, detail, isMirrored }): LeakPair => ({ a, b, kind: "same-picture", detail, isMirrored })),
      ...findPatientSpellings(cases),
      ...findNamesakes(cases),
      ...findSharedIdentifiers(cases),
    ];
    const untold = pairs.filter(({ a, b, kind }) => kind === "same-file" || cases[a]!.patient === undefined || cases[a]!.patient !== cases[b]!.patient);
    return {
      cases: cases.length,
      pairs: untold,
      signs: [...findTellingNames(cases), ...findMarks(cases, looks)],
      kin: nameKin(cases.length, untold),
      marks: looks.map(({ marks }) => marks),
      compared,
      threshold,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await own?.close();
  }
}

function findSameFiles(looks: readonly ImageLook[]): LeakPair[] {
  const firstOf = new Map<string, number>();
  return looks.flatMap(({ sha256 }, index): LeakPair[] => {
    const first = firstOf.get(sha256);
    if (first === undefined) {
      firstOf.set(sha256, index);
      return [];
    }
    return [{ a: first, b: index, kind: "same-file" }];
  });
}

/** Columns that tell two people of near names apart. */
const personal = /^(sex|gender|birth[_ ]?(date|year)|date[_ ]?of[_ ]?birth|dob)$/i;

function findPatientSpellings(cases: readonly Case[]): LeakPair[] {
  const firstOf = new Map<string, number>();
  cases.forEach(({ patient }, index) => {
    if (patient !== undefined && !firstOf.has(patient)) firstOf.set(patient, index);
  });
  return findSpellings([...firstOf.keys()]).flatMap(({ a, b, kind }): LeakPair[] => {
    const [first, second] = [firstOf.get(a)!, firstOf.get(b)!];
    if (kind === "one-letter" && differ(cases[first]!, cases[second]!)) return [];
    return [{ a: Math.min(first, second), b: Math.max(first, second), kind: kind === "spelling" ? "patient-spelling" : "patient-one-letter" }];
  });
}

function differ(a: Case, b: Case): boolean {
  return Object.keys(a.fields).some((column) => {
    const [one, other] = [a.fields[column]?.trim().toLowerCase(), b.fields[column]?.trim().toLowerCase()];
    return personal.test(column) && one !== undefined && one !== "" && other !== undefined && other !== "" && one !== other;
  });
}

function findMarks(cases: readonly Case[], looks: readonly ImageLook[]): LeakSign[] {
  const marked = looks.flatMap(({ marks }, index) => (marks.length > 0 ? [index] : []));
  if (marked.length === 0) return [];
  return [signOf("text-like-marks", cases, marked, `${marked.length} images have rows of letter-like marks near an edge. They were found, not read: look whether they name the patient or the finding.`)];
}
