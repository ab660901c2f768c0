import { createHash } from "node:crypto";
import type { Values } from "./build-dataset.js";
import type { Code } from "./contract.js";

const dcm = (value: string, meaning: string): Code => ({ value, scheme: "DCM", meaning });
const sct = (value: string, meaning: string): Code => ({ value, scheme: "SCT", meaning });

/** This program's own scheme, where no public one has a code. */
export const ownScheme = "99OSTEON";

const own = (value: string, meaning: string): Code => ({ value, scheme: ownScheme, meaning });

/**
 * Codes that the written objects use.
 * @see DICOM PS3.16 annex D (DCM), context groups 217, 218, 7003, 7010, 7150, 7162, 7202, 7203
 */
export const codes = {
  imagingMeasurementReport: dcm("126000", "Imaging Measurement Report"),
  imagingMeasurements: dcm("126010", "Imaging Measurements"),
  measurementGroup: dcm("125007", "Measurement Group"),
  qualitativeEvaluations: { value: "C0034375", scheme: "UMLS", meaning: "Qualitative Evaluations" },
  language: dcm("121049", "Language of Content Item and Descendants"),
  english: { value: "en", scheme: "RFC5646", meaning: "English" },
  observerType: dcm("121005", "Observer Type"),
  device: dcm("121007", "Device"),
  deviceUid: dcm("121012", "Device Observer UID"),
  deviceName: dcm("121013", "Device Observer Name"),
  deviceManufacturer: dcm("121014", "Device Observer Manufacturer"),
  deviceModel: dcm("121015", "Device Observer Model Name"),
  deviceSerial: dcm("121016", "Device Observer Serial Number"),
  procedureReported: dcm("121058", "Procedure reported"),
  imagingProcedure: sct("363679005", "Imaging procedure"),
  imageLibrary: dcm("111028", "Image Library"),
  imageLibraryGroup: dcm("126200", "Image Library Group"),
  modality: dcm("121139", "Modality"),
  trackingIdentifier: dcm("112039", "Tracking Identifier"),
  trackingUid: dcm("112040", "Tracking Unique Identifier"),
  finding: dcm("121071", "Finding"),
  algorithmName: dcm("111001", "Algorithm Name"),
  algorithmVersion: dcm("111003", "Algorithm Version"),
  algorithmParameters: dcm("111002", "Algorithm Parameters"),
  artificialIntelligence: dcm("123110", "Artificial Intelligence"),
  probability: dcm("122157", "Probability"),
  noUnits: { value: "1", scheme: "UCUM", meaning: "no units" },
  squareMillimeter: { value: "mm2", scheme: "UCUM", meaning: "square millimeter" },
  quantity: sct("246205007", "Quantity"),
  area: sct("42798000", "Area"),
  derivation: dcm("121401", "Derivation"),
  mean: sct("373098007", "Mean"),
  comment: dcm("121106", "Comment"),
  sourceOfMeasurement: dcm("121112", "Source of Measurement"),
  imageRegion: dcm("111030", "Image Region"),
  referencedSegment: dcm("121191", "Referenced Segment"),
  sourceForSegmentation: dcm("121233", "Source image for segmentation"),
  sourceForProcessing: dcm("121322", "Source image for image processing operation"),
  segmentation: dcm("113076", "Segmentation"),
  ofInterest: dcm("113000", "Of Interest"),
  keyObjectDescription: dcm("113012", "Key Object Description"),
  spatialConcept: sct("309825002", "Spatial and Relational Concept"),
  classActivation: dcm("130402", "Class activation"),
  gradientWeightedActivation: dcm("130403", "Gradient-weighted class activation"),
  saliency: dcm("130404", "Saliency"),
  heatRegion: own("HEAT-REGION", "Region of the heat map above its threshold"),
} as const satisfies Record<string, Code>;

/** Coded meanings of class names that are met often, in lower case with single hyphens. */
const knownClasses: Readonly<Record<string, Code>> = {
  normal: sct("17621005", "Normal"),
  abnormal: sct("263654008", "Abnormal"),
  scoliosis: sct("298382003", "Scoliosis deformity of spine"),
  spondylolisthesis: sct("274152003", "Spondylolisthesis"),
  "disc-degeneration": sct("77547008", "Degeneration of intervertebral disc"),
  "disc-herniation": sct("73589001", "Herniation of intervertebral disc"),
};

/** A code of the own scheme for any text: the text where it is short and plain, else a hash of it. */
function ownCode(text: string): Code {
  const plain = text.trim().toUpperCase().replaceAll(/\s+/g, "-");
  const value = /^[A-Z0-9._-]{1,16}$/.test(plain) ? plain : createHash("sha256").update(text).digest("hex").slice(0, 16).toUpperCase();
  return own(value, shorten(text, 64));
}

/** The coded meaning of a class: of SNOMED CT where the name is known, else of the own scheme. */
export function classCode(label: string): Code {
  const key = label.trim().toLowerCase().replaceAll(/[\s_-]+/g, "-");
  return Object.hasOwn(knownClasses, key) ? knownClasses[key]! : ownCode(label);
}

/** What the values of a map are, by the method's name. */
export function methodCode(method: string): Code {
  const key = method.toLowerCase().replaceAll(/[^a-z+]/g, "");
  if (key.startsWith("gradcam") || key.startsWith("xgradcam") || key.startsWith("hirescam") || key.startsWith("layercam")) return codes.gradientWeightedActivation;
  return key.includes("cam") ? codes.classActivation : codes.saliency;
}

/** Cuts a text to a number of bytes in UTF-8, as some readers count, without what a value may not hold. */
export function shorten(text: string, most: number): string {
  let cut = "";
  for (const letter of text.replaceAll(/[\p{Cc}\\]+/gu, " ").trim()) {
    if (Buffer.byteLength(cut) + Buffer.byteLength(letter) > most) break;
    cut += letter;
  }
  return cut.trim();
}

/** The attributes of a code. */
export function codeValues({ value, scheme, meaning }: Code): Values {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: shorten(meaning, 64) };
}

/** Who stands behind the own scheme; part of objects that use it. */
export const ownSchemeValues: Values = { CodingSchemeDesignator: ownScheme, CodingSchemeName: "Classes and measures of Osteon models", CodingSchemeResponsibleOrganization: "Osteon" };
