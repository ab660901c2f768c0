import { DataError } from "../base/index.js";

/** How pixel data is compressed; `"native"`: not at all. */
export type CodecName = "native" | "rle" | "jpeg" | "jpeg-ls" | "jpeg-2000" | "htj2k";

export interface TransferSyntax {
  readonly uid: string;
  readonly title: string;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  readonly codec: CodecName;
  /** True where the compression may lose something. */
  readonly lossy: boolean;
}

const base = "1.2.840.10008.1.2";

function syntax(suffix: string, title: string, facts: Partial<TransferSyntax> = {}): TransferSyntax {
  return { uid: base + suffix, title, explicit: true, littleEndian: true, deflated: false, codec: "native", lossy: false, ...facts };
}

/** @see DICOM PS3.5 section 10 and PS3.6 table A-1 */
const known: readonly TransferSyntax[] = [
  syntax("", "Implicit VR Little Endian", { explicit: false }),
  syntax(".1", "Explicit VR Little Endian"),
  syntax(".1.98", "Encapsulated Uncompressed Explicit VR Little Endian"),
  syntax(".1.99", "Deflated Explicit VR Little Endian", { deflated: true }),
  syntax(".2", "Explicit VR Big Endian", { littleEndian: false }),
  syntax(".4.50", "JPEG Baseline (Process 1)", { codec: "jpeg", lossy: true }),
  syntax(".4.51", "JPEG Extended (Process 2 and 4)", { codec: "jpeg", lossy: true }),
  syntax(".4.53", "JPEG Spectral Selection (Process 6 and 8)", { codec: "jpeg", lossy: true }),
  syntax(".4.55", "JPEG Full Progression (Process 10 and 12)", { codec: "jpeg", lossy: true }),
  syntax(".4.57", "JPEG Lossless (Process 14)", { codec: "jpeg" }),
  syntax(".4.70", "JPEG Lossless (Process 14, Selection Value 1)", { codec: "jpeg" }),
  syntax(".4.80", "JPEG-LS Lossless", { codec: "jpeg-ls" }),
  syntax(".4.81", "JPEG-LS Near-Lossless", { codec: "jpeg-ls", lossy: true }),
  syntax(".4.90", "JPEG 2000 Lossless", { codec: "jpeg-2000" }),
  syntax(".4.91", "JPEG 2000", { codec: "jpeg-2000", lossy: true }),
  syntax(".4.201", "HTJ2K Lossless", { codec: "htj2k" }),
  syntax(".4.202", "HTJ2K Lossless RPCL", { codec: "htj2k" }),
  syntax(".4.203", "HTJ2K", { codec: "htj2k", lossy: true }),
  syntax(".5", "RLE Lossless", { codec: "rle" }),
];

const byUid = new Map(known.map((one) => [one.uid, one]));

export const implicitLittleEndian = byUid.get(base)!;
export const explicitLittleEndian = byUid.get(`${base}.1`)!;
export const explicitBigEndian = byUid.get(`${base}.2`)!;

/** Every transfer syntax that can be read. */
export const transferSyntaxes = known;

/**
 * @param name how errors call the file
 * @throws DataError `dicom-transfer-syntax`
 */
export function transferSyntaxOf(uid: string, name: string): TransferSyntax {
  const found = byUid.get(uid);
  if (found !== undefined) return found;
  const shown = /^[0-9.]{1,64}$/.test(uid) ? uid : "a value that is no UID";
  throw new DataError("dicom-transfer-syntax", `${name}: expected a transfer syntax of still images, got ${shown}. Convert the file, for example with dcmtk's dcmconv or dcmdjpeg, or export it anew.`);
}
