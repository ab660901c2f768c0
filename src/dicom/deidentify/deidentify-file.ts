import type { Warning } from "../../base/index.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { buildElement } from "../write/build-dataset.js";
import { encodeDicomParts } from "../write/write-dicom.js";
import { cleanPixels, findBurnedInText } from "./clean-pixels.js";
import { deidentifyDataset, type Change, type ProfileChoice } from "./deidentify-dataset.js";
import type { Rectangle } from "./find-text.js";

export interface DeidentifiedFile {
  /** The file without identity, in parts to be written one after another; unchanged pixels are the source's own memory. */
  readonly parts: readonly Uint8Array[];
  /** The same in one piece: a copy. */
  readonly bytes: Uint8Array;
  /** Its new SOP instance UID. */
  readonly instanceUid: string;
  readonly pseudonym: string;
  readonly changes: readonly Change[];
  /** Burned-in text that was painted over, in stored pixels. */
  readonly masks: readonly Rectangle[];
  readonly warnings: readonly Warning[];
}

/**
 * De-identifies one file: the data set by the profile, the pixels by masks where text is burned in.
 * @throws DataError `dicom-...` where pixels cannot be decoded and so cannot be looked at; InputError `profile-options`
 */
export function deidentifyFile(file: DicomFile, choice: ProfileChoice): DeidentifiedFile {
  const { dataset: result, changes } = deidentifyDataset(file.dataset, choice);
  const warnings: Warning[] = [];
  let { transferSyntax } = file;
  let masks: readonly Rectangle[] = [];
  if (file.dataset.has("PixelData")) {
    const cleans = choice.options.has("clean-pixels");
    masks = cleans ? findBurnedInText(file) : [];
    ({ transferSyntax } = cleanPixels(file, result, masks));
    const said = file.dataset.text("BurnedInAnnotation");
    if (cleans && said === "YES" && masks.length === 0) warnings.push({ code: "burned-in-not-found", message: `${file.name}: says that identity is burned in, but no text was found. Look at the image before it leaves.` });
    if (masks.length > 0) result.set(buildElement("BurnedInAnnotation", "NO"));
  }
  const parts = encodeDicomParts(result, transferSyntax);
  return {
    parts,
    get bytes() {
      return Buffer.concat(parts);
    },
    instanceUid: result.text("SOPInstanceUID") ?? "",
    pseudonym: result.text("PatientID") ?? "",
    changes,
    masks,
    warnings,
  };
}
