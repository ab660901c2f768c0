import type { Values } from "./build-dataset.js";
import type { SourceImage } from "./source-image.js";
import { isValidText } from "./source-attributes.js";

/** Parts of the body that there is one of: an image of them has no side. @see DICOM PS3.16 table L-1 */
const unpaired = new Set(
  (
    "ABDOMEN ABDOMENPELVIS AORTA BACK BLADDER BRAIN CEREBELLUM CERVIX CHEST CHESTABDOMEN CHESTABDPELVIS COCCYX COLON CORONARYARTERY CSPINE CTSPINE DUODENUM ESOPHAGUS FACE GALLBLADDER HEAD HEADNECK HEART ILEUM ILIUM JAW JEJUNUM LARYNX LIVER LSPINE " +
    "LSSPINE MAXILLA MEDIASTINUM MOUTH NECK NECKCHEST NOSE PANCREAS PELVIS PENIS PHARYNX PROSTATE RECTUM SCALP SKULL SPINE SPLEEN SSPINE STERNUM STOMACH THYMUS THYROID TLSPINE TONGUE TRACHEA TSPINE URETER URETHRA UTERUS VAGINA WHOLEBODY"
  ).split(" "),
);

/** Body part of the image, and its side where the part has one or is not known: then empty where the image does not tell. */
export function bodyPartValues({ file: { dataset } }: SourceImage, { side }: { readonly side: boolean }): Values {
  const told = dataset.text("BodyPartExamined");
  const part = told !== undefined && isValidText(told, "CS") ? told : undefined;
  if (!side || (part !== undefined && unpaired.has(part))) return { BodyPartExamined: part };
  const laterality = [dataset.text("Laterality"), dataset.text("ImageLaterality")].find((text) => text === "L" || text === "R") ?? "";
  return { BodyPartExamined: part, Laterality: laterality };
}

/** Where rows and columns of the image run to; empty where it does not tell. */
export function patientOrientation({ file: { dataset } }: SourceImage): string {
  const texts = dataset.texts("PatientOrientation");
  return texts.length === 2 && texts.every((text) => /^[LRAPHF]{1,3}$/.test(text)) ? texts.join("\\") : "";
}
