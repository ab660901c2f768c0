import { collectIdentityWords, holdsIdentity, identityOf, readAcquisition, type DicomFile } from "../dicom/index.js";

/** What a data set keeps of a DICOM header. */
export interface HeaderFacts {
  /** Who the patient is, to be replaced by a pseudonym. */
  readonly identity: string;
  readonly study: string;
  /** By column. */
  readonly fields: Readonly<Record<string, string>>;
  /** UIDs by column. */
  readonly uids: Readonly<Record<string, string>>;
  /** Words that say who the patient is. */
  readonly words: ReadonlySet<string>;
}

/** Columns of UIDs, replaced like patients: by them the leak audit finds images of one study. */
const uidColumns = { study_instance_uid: "StudyInstanceUID", series_instance_uid: "SeriesInstanceUID", sop_instance_uid: "SOPInstanceUID" } as const;

/** Oldest age that is told: above it, age alone may identify a person. */
const oldestAge = 89;

/** How an image was taken and of whom, as far as columns may tell: words that repeat the patient's are left out, and ages above 89 are told as 90. */
export function factsOf(file: DicomFile): HeaderFacts {
  const { dataset } = file;
  const { modality, bodyPart, view, laterality, manufacturer, ageYears } = readAcquisition(file);
  const words = collectIdentityWords(dataset);
  const sex = dataset.text("PatientSex");
  const told: Record<string, string | undefined> = {
    modality,
    body_part: bodyPart,
    view,
    laterality,
    manufacturer,
    sex: sex !== undefined && /^[FMO]$/.test(sex) ? sex : undefined,
    age: ageYears === undefined ? undefined : ageYears > oldestAge ? `${oldestAge + 1}` : String(Math.floor(ageYears)),
  };
  const fields = Object.fromEntries(Object.entries(told).filter((entry): entry is [string, string] => entry[1] !== undefined && !holdsIdentity(entry[1], words)));
  const uids = Object.fromEntries(Object.entries(uidColumns).flatMap(([column, keyword]) => (dataset.text(keyword) === undefined ? [] : [[column, dataset.text(keyword)!]])));
  return { identity: identityOf(dataset), study: uids["study_instance_uid"] ?? uids["sop_instance_uid"] ?? "", fields, uids, words };
}
