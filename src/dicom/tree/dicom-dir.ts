import { parseDicom } from "../parse/parse-dicom.js";

/** What the index of a medium lists. */
export interface DicomDir {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  /** Paths of the objects, from the folder of the index, with forward slashes. */
  readonly files: readonly string[];
}

/**
 * Reads the records of a DICOMDIR.
 * @throws DataError `dicom-...`
 * @see DICOM PS3.3 annex F, PS3.10 section 8
 */
export function readDicomDir(bytes: Uint8Array, name = "DICOMDIR"): DicomDir {
  const records = parseDicom(bytes, { name }).dataset.items("DirectoryRecordSequence");
  const count = (type: string): number => records.filter((record) => record.text("DirectoryRecordType") === type).length;
  const files = records.flatMap((record) => {
    const parts = record.texts("ReferencedFileID");
    // A path that leads out of the medium is none.
    return parts.length === 0 || parts.some((part) => part === "" || part.includes("..") || /[/\\]/.test(part)) ? [] : [parts.join("/")];
  });
  return { patients: count("PATIENT"), studies: count("STUDY"), series: count("SERIES"), files };
}
