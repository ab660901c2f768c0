import type { DicomFile } from "../parse/parse-dicom.js";

/** What the tree is built of: one file's place in it. */
interface Instance {
  readonly path: string;
  readonly frames: number;
  readonly number: number | undefined;
  /** Distance along the normal of the slices, where the file tells its position and orientation. */
  readonly position: number | undefined;
}

export interface SeriesNode {
  readonly uid: string;
  readonly number?: number;
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly images: number;
  readonly frames: number;
  /** What the order of the files follows. */
  readonly sortedBy: "position" | "instance-number" | "path";
  /** How the slices lie in the patient, to the nearest axis. */
  readonly plane?: "sagittal" | "coronal" | "axial";
  /** Millimetres between neighbouring slices, where all are alike. */
  readonly sliceDistanceMm?: number;
  /** File of the middle slice: the one chosen where one slice stands for the series. */
  readonly middle: string;
  readonly files: readonly string[];
}

export interface StudyNode {
  readonly uid: string;
  readonly series: readonly SeriesNode[];
}

export interface PatientNode {
  readonly id: string;
  readonly studies: readonly StudyNode[];
}

function instanceOf(file: DicomFile, path: string): Instance {
  const { dataset } = file;
  const cosines = dataset.numbers("ImageOrientationPatient");
  const origin = dataset.numbers("ImagePositionPatient");
  let position: number | undefined;
  if (cosines.length === 6 && origin.length === 3) {
    const [a, b, c, d, e, f] = cosines as [number, number, number, number, number, number];
    const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
    position = normal.reduce((sum, value, i) => sum + value * origin[i]!, 0);
  }
  return { path, frames: dataset.number("NumberOfFrames") ?? 1, number: dataset.number("InstanceNumber"), position };
}

/**
 * Patients, studies and series of files, each series sorted by the position of its slices along their normal, else by
 * InstanceNumber, else by path.
 * @param nameOf how patients and UIDs are called: by pseudonyms, or as they are
 */
export function buildTree(files: readonly { readonly path: string; readonly file: DicomFile }[], nameOf: { patient: (file: DicomFile) => string; uid: (uid: string) => string }): PatientNode[] {
  const patients = new Map<string, Map<string, Map<string, { file: DicomFile; instance: Instance }[]>>>();
  for (const { path, file } of files) {
    const { dataset } = file;
    const studies = entry(patients, nameOf.patient(file), () => new Map<string, Map<string, { file: DicomFile; instance: Instance }[]>>());
    const series = entry(studies, nameOf.uid(dataset.text("StudyInstanceUID") ?? ""), () => new Map<string, { file: DicomFile; instance: Instance }[]>());
    entry(series, nameOf.uid(dataset.text("SeriesInstanceUID") ?? ""), () => []).push({ file, instance: instanceOf(file, path) });
  }
  return [...patients].map(([id, studies]) => ({ id, studies: [...studies].map(([uid, series]) => ({ uid, series: [...series].map(([seriesUid, members]) => seriesNode(seriesUid, members)) })) }));
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}

function seriesNode(uid: string, members: readonly { file: DicomFile; instance: Instance }[]): SeriesNode {
  const instances = members.map(({ instance }) => instance);
  const positions = new Set(instances.map(({ position }) => position));
  const sortedBy = !positions.has(undefined) && positions.size === instances.length && instances.length > 1 ? "position" : instances.every(({ number }) => number !== undefined) ? "instance-number" : "path";
  const sorted = [...instances].sort((a, b) => (sortedBy === "position" ? a.position! - b.position! : sortedBy === "instance-number" ? a.number! - b.number! : 0) || (a.path < b.path ? -1 : 1));
  const { dataset } = members[0]!.file;
  const word = (keyword: string): string | undefined => {
    const text = dataset.text(keyword);
    return text !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(text) ? text : undefined;
  };
  const [number, modality, bodyPart, sliceDistanceMm] = [dataset.number("SeriesNumber"), word("Modality"), word("BodyPartExamined"), sortedBy === "position" ? evenDistance(sorted) : undefined];
  const plane = planeOf(dataset.numbers("ImageOrientationPatient"));
  return {
    uid,
    ...(number !== undefined && { number }),
    ...(modality && { modality }),
    ...(bodyPart && { bodyPart }),
    images: instances.length,
    frames: instances.reduce((sum, { frames }) => sum + frames, 0),
    sortedBy,
    ...(plane && { plane }),
    ...(sliceDistanceMm !== undefined && { sliceDistanceMm }),
    middle: sorted[Math.floor((sorted.length - 1) / 2)]!.path,
    files: sorted.map(({ path }) => path),
  };
}

function evenDistance(sorted: readonly Instance[]): number | undefined {
  const gaps = sorted.slice(1).map(({ position }, i) => position! - sorted[i]!.position!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return gaps.every((gap) => Math.abs(gap - mean) < 0.02 * mean + 1e-3) ? Number(mean.toFixed(4)) : undefined;
}

/** By the axis nearest to the normal of the slices: x runs to the patient's left, y to the back, z to the head. */
function planeOf(cosines: readonly number[]): SeriesNode["plane"] {
  if (cosines.length !== 6) return undefined;
  const [a, b, c, d, e, f] = cosines as [number, number, number, number, number, number];
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d].map(Math.abs);
  const largest = Math.max(...normal);
  return largest > 0 ? (["sagittal", "coronal", "axial"] as const)[normal.indexOf(largest)] : undefined;
}
