import { createHash } from "node:crypto";
import { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { buildDataset, buildElement, type Values } from "./build-dataset.js";
import { encodeDicom } from "./write-dicom.js";

export interface SecondaryCapture {
  /** [H, W, 3] red, green, blue, or [H, W] grey. */
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Of the series, at most 64 characters. */
  readonly seriesDescription: string;
  readonly seriesNumber?: number;
  /** What made it, with its version. */
  readonly manufacturerModelName: string;
  readonly softwareVersions: string;
  /** When it was made; the time of the study where left out, so that the same input gives the same bytes. */
  readonly made?: Date;
}

const secondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

/** Attributes of patient and study that an object made from another one shares with it. */
const shared = [
  "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "PatientAge", "PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence", "StudyInstanceUID", "StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID",
  "AccessionNumber", "StudyDescription", "SpecificCharacterSet", "Laterality", "BodyPartExamined",
];

function derivedUid(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\n");
  return `2.25.${BigInt(`0x${hash.digest("hex").slice(0, 32)}`)}`;
}

/**
 * A picture of a result as a Secondary Capture in the patient and study of the image it was made from, which it references.
 * Its UIDs follow from content and source, so that one result is one object however often it is written.
 * @see DICOM PS3.3 A.8.1; checked with dciodvfy of dicom3tools
 */
export function encodeSecondaryCapture(source: DicomFile, picture: SecondaryCapture): Uint8Array {
  const { data, height, width, channels, made } = picture;
  const from = source.dataset;
  const dataset = new Dataset(from.littleEndian);
  for (const keyword of shared) {
    const element = from.element(keyword);
    if (element !== undefined) dataset.set(element);
  }
  const instance = from.text("SOPInstanceUID") ?? "";
  const date = made === undefined ? from.text("StudyDate") : made.toISOString().slice(0, 10).replaceAll("-", "");
  const time = made === undefined ? from.text("StudyTime") : made.toISOString().slice(11, 19).replaceAll(":", "");
  const values: Values = {
    ImageType: ["DERIVED", "SECONDARY"],
    SOPClassUID: secondaryCapture,
    SOPInstanceUID: derivedUid("instance", instance, picture.seriesDescription, data),
    SeriesInstanceUID: derivedUid("series", from.text("SeriesInstanceUID") ?? instance, picture.seriesDescription),
    Modality: from.text("Modality") ?? "OT",
    ConversionType: "WSD",
    SeriesNumber: picture.seriesNumber ?? 9001,
    InstanceNumber: from.number("InstanceNumber") ?? 1,
    SeriesDescription: picture.seriesDescription.slice(0, 64),
    Manufacturer: "Osteon",
    ManufacturerModelName: picture.manufacturerModelName,
    SoftwareVersions: picture.softwareVersions,
    SecondaryCaptureDeviceManufacturer: "Osteon",
    ContentDate: date,
    ContentTime: time,
    BurnedInAnnotation: "NO",
    PatientOrientation: from.texts("PatientOrientation").join("\\"),
    SourceImageSequence: instance === "" ? undefined : [{ ReferencedSOPClassUID: from.text("SOPClassUID") ?? secondaryCapture, ReferencedSOPInstanceUID: instance }],
    SamplesPerPixel: channels,
    PhotometricInterpretation: channels === 3 ? "RGB" : "MONOCHROME2",
    PlanarConfiguration: channels === 3 ? 0 : undefined,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  };
  const own = buildDataset(values);
  for (const element of own.elements.values()) dataset.set(bigEndianIfNeeded(dataset, element));
  for (const required of ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber", "Laterality"]) {
    if (!dataset.has(required)) dataset.set(buildElement(required, ""));
  }
  if (!dataset.has("StudyInstanceUID")) dataset.set(buildElement("StudyInstanceUID", derivedUid("study", instance)));
  dataset.set({ tag: 0x7fe00010, vr: "OB", bytes: data });
  return encodeDicom(dataset);
}

/** The writer turns the numbers of big endian data sets around. */
function bigEndianIfNeeded(dataset: Dataset, element: ReturnType<typeof buildElement>): ReturnType<typeof buildElement> {
  return dataset.littleEndian || element.vr !== "US" ? element : { ...element, bytes: Uint8Array.from(element.bytes).reverse() };
}
