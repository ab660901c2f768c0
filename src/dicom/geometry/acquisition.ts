import type { DicomFile } from "../parse/parse-dicom.js";
import { readView } from "./orientation.js";

/** How an image was taken, in the header's own words; nothing of the patient but the age in years. */
export interface Acquisition {
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly view?: string;
  readonly laterality?: string;
  readonly manufacturer?: string;
  readonly ageYears?: number;
}

const perYear: Readonly<Record<string, number>> = { D: 365.25, W: 365.25 / 7, M: 12, Y: 1 };

/**
 * Age in years of an age string such as 034Y or 006M.
 * @see DICOM PS3.5 section 6.2, value representation AS
 */
export function ageInYears(text: string): number | undefined {
  const told = /^(\d{1,3})([DWMY])$/.exec(text.trim());
  return told === null ? undefined : Number(told[1]) / perYear[told[2]!]!;
}

/** The age that the file states, or the time from birth to the study. */
function readAge({ dataset }: DicomFile): number | undefined {
  const told = ageInYears(dataset.text("PatientAge") ?? "");
  if (told !== undefined) return told;
  const [born, taken] = ["PatientBirthDate", "StudyDate"].map((keyword) => /^(\d{4})(\d\d)(\d\d)$/.exec(dataset.text(keyword) ?? ""));
  if (!born || !taken) return undefined;
  const days = (Date.UTC(Number(taken[1]), Number(taken[2]) - 1, Number(taken[3])) - Date.UTC(Number(born[1]), Number(born[2]) - 1, Number(born[3]))) / 86_400_000;
  const years = Math.floor(days / 365.25);
  return years >= 0 && years < 130 ? years : undefined;
}

/** Words of the header that tell how the image was taken: a header-only parse is enough. What is not told is left out. */
export function readAcquisition(file: DicomFile): Acquisition {
  const { dataset } = file;
  const modality = dataset.text("Modality");
  const manufacturer = dataset.text("Manufacturer")?.trim();
  const ageYears = readAge(file);
  return {
    ...(modality !== undefined && /^[A-Z0-9]{1,16}$/.test(modality) && { modality }),
    ...readView(file),
    ...(manufacturer !== undefined && /^[\p{L}\p{N} .,&()/_-]{1,64}$/u.test(manufacturer) && { manufacturer }),
    ...(ageYears !== undefined && { ageYears }),
  };
}
