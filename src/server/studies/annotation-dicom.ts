import { DataError } from "../../base/index.js";
import type { Values } from "../../dicom/index.js";
import type { Annotation } from "../contract/cases.js";
import { notFound } from "../http/refusal.js";
import type { Workbench } from "../workbench.js";
import { codes, codeItem, coded, containerItem, imageItem, outlineItem, textItem } from "./annotation-items.js";
import { maskOf, outlinesOf } from "./annotation-mask.js";

interface Source {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Patient and study: a result joins the study of its image. */
  readonly shared: Values;
}

const secondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
const copied = ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"] as const;

/** The image that an annotation is of. A PNG or JPEG has no place in a PACS: it gets UIDs that follow from its content. */
async function sourceOf(bench: Workbench, annotation: Annotation): Promise<Source> {
  const { parseDicom, readOrientation, uidOf } = await import("../../dicom/index.js");
  const row = await bench.catalog.row(annotation.study);
  const results = await bench.catalog.results(row);
  const subject = await bench.store.db.selectFrom("study_cases").selectAll().where("study_id", "=", row.id).where("key", "=", annotation.case).executeTakeFirst();
  const picture = results && subject && (await bench.pictures.picture(row, results, subject));
  if (picture === undefined) throw notFound("picture");
  if (picture.dicom === undefined) {
    const uid = (what: string): string => uidOf("osteon annotated image", what, subject!.image_sha256 ?? subject!.key);
    const empty = Object.fromEntries(copied.map((keyword) => [keyword, ""]));
    return { name: "image", rows: picture.height, columns: picture.width, sopClassUid: secondaryCapture, sopInstanceUid: uid("instance"), seriesInstanceUid: uid("series"), shared: { ...empty, StudyInstanceUID: uid("study") } };
  }
  const file = parseDicom(picture.dicom, { name: "image" });
  const { dataset } = file;
  const turn = readOrientation(file)?.turn ?? 1;
  if (turn !== 1 || dataset.number("Rows") !== picture.height || dataset.number("Columns") !== picture.width) throw new DataError("annotation-turned", "annotation: expected an image that is stored upright, got one that was turned to be shown. Its regions cannot be written over the stored pixels.");
  const [sopClassUid, sopInstanceUid, seriesInstanceUid] = [dataset.text("SOPClassUID"), dataset.text("SOPInstanceUID"), dataset.text("SeriesInstanceUID")];
  if (sopClassUid === undefined || sopInstanceUid === undefined || seriesInstanceUid === undefined) throw new DataError("annotation-source", "annotation: expected an image with its UIDs, got one without. Import it anew.");
  return { name: "image", rows: picture.height, columns: picture.width, sopClassUid, sopInstanceUid, seriesInstanceUid, shared: Object.fromEntries(copied.map((keyword) => [keyword, dataset.text(keyword) ?? ""])) };
}

const letters = (text: string, most: number): string => text.replaceAll(/[\\\p{Cc}]/gu, " ").slice(0, most);

/** What a segmentation and a report of an annotation share. */
function frame({ shared }: Source, { author, changedAt }: Annotation, { sopClassUid, instance, series, modality, number, title }: { readonly sopClassUid: string; readonly instance: string; readonly series: string; readonly modality: string; readonly number: number; readonly title: string }): Values {
  const [date, time] = [changedAt.slice(0, 10).replaceAll("-", ""), changedAt.slice(11, 19).replaceAll(":", "")];
  return {
    ...shared, SOPClassUID: sopClassUid, SOPInstanceUID: instance, SeriesInstanceUID: series, Modality: modality, SeriesNumber: number, InstanceNumber: 1, SeriesDescription: letters(title, 64),
    SeriesDate: date, SeriesTime: time, ContentDate: date, ContentTime: time, InstanceCreationDate: date, InstanceCreationTime: time, TimezoneOffsetFromUTC: "+0000",
    Manufacturer: "Osteon", ManufacturerModelName: "Osteon workbench", DeviceSerialNumber: "1", SoftwareVersions: "1", OperatorsName: letters(author.name, 64).replaceAll(/[=^]/g, " "),
  };
}

const reference = ({ sopClassUid, sopInstanceUid }: Source): Values => ({ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid });

/** A region drawn by a person as a DICOM segmentation over its image, or as a structured report with its outline. */
export async function annotationAsDicom(bench: Workbench, annotation: Annotation, kind: "seg" | "sr"): Promise<Uint8Array> {
  const { encodeValues, tagOf, uidOf } = await import("../../dicom/index.js");
  const source = await sourceOf(bench, annotation);
  const uid = (what: string): string => uidOf("osteon annotation", what, annotation.id, String(annotation.version), source.sopInstanceUid);
  const title = annotation.title === "" ? "Region" : annotation.title;
  if (kind === "sr") return encodeValues(reportValues({ source, annotation, title, uid }));
  const mask = await maskOf(annotation.shapes, { height: source.rows, width: source.columns });
  if (!mask.some((value) => value !== 0)) throw new DataError("annotation-empty", "annotation: expected a box, an outline or a brush on the image, got none. Draw a region.");
  const bits = new Uint8Array(2 * Math.ceil(mask.length / 16));
  mask.forEach((value, i) => value !== 0 && (bits[i >> 3]! |= 1 << (i & 7)));
  return encodeValues({
    ...frame(source, annotation, { sopClassUid: "1.2.840.10008.5.1.4.1.1.66.4", instance: uid("segmentation"), series: uid("segmentations"), modality: "SEG", number: 9101, title: `Drawn: ${title}` }),
    ImageType: ["DERIVED", "PRIMARY"], PatientOrientation: "", ContentLabel: "DRAWN", ContentDescription: letters(title, 64), ContentCreatorName: letters(annotation.author.name, 64).replaceAll(/[=^]/g, " "),
    SamplesPerPixel: 1, PhotometricInterpretation: "MONOCHROME2", Rows: source.rows, Columns: source.columns, BitsAllocated: 1, BitsStored: 1, HighBit: 0, PixelRepresentation: 0, LossyImageCompression: "00", BurnedInAnnotation: "NO", SegmentationType: "BINARY", NumberOfFrames: 1,
    SegmentSequence: [{ SegmentNumber: 1, SegmentLabel: letters(title, 64), SegmentDescription: letters(annotation.note === "" ? title : annotation.note, 1024), SegmentAlgorithmType: "MANUAL", SegmentedPropertyCategoryCodeSequence: [coded(codes.spatial)], SegmentedPropertyTypeCodeSequence: [coded(codes.ofInterest)], RecommendedDisplayCIELabValue: [40_000, 48_000, 48_000], TrackingID: letters(title, 64), TrackingUID: uid("tracking") }],
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid("dimensions") }],
    DimensionIndexSequence: [{ DimensionOrganizationUID: uid("dimensions"), DimensionIndexPointer: tagOf("ReferencedSegmentNumber")!, FunctionalGroupPointer: tagOf("SegmentIdentificationSequence")! }],
    SharedFunctionalGroupsSequence: [{ SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }] }],
    PerFrameFunctionalGroupsSequence: [{ DerivationImageSequence: [{ DerivationCodeSequence: [coded(codes.segmentation)], SourceImageSequence: [{ ...reference(source), PurposeOfReferenceCodeSequence: [coded(codes.sourceForProcessing)] }] }], FrameContentSequence: [{ DimensionIndexValues: [1] }] }],
    ReferencedSeriesSequence: [{ ReferencedInstanceSequence: [reference(source)], SeriesInstanceUID: source.seriesInstanceUid }],
    PixelData: bits,
  });
}

/** Comprehensive SR with one measurement group per drawn shape, TID 1500 and 1410. */
function reportValues({ source, annotation, title, uid }: { readonly source: Source; readonly annotation: Annotation; readonly title: string; readonly uid: (what: string) => string }): Values {
  const has = { relationship: "HAS OBS CONTEXT" } as const;
  const image = { relationship: "SELECTED FROM" } as const;
  const groups = outlinesOf(annotation.shapes).map((points, i) =>
    containerItem({
      relationship: "CONTAINS", name: codes.measurementGroup, template: "1410",
      children: [
        textItem(`${title} ${i + 1}`, { ...has, name: codes.trackingIdentifier }),
        { RelationshipType: "HAS OBS CONTEXT", ValueType: "UIDREF", ConceptNameCodeSequence: [coded(codes.trackingUid)], UID: uid(`tracking ${i}`) },
        outlineItem(points, { relationship: "CONTAINS", name: codes.imageRegion, children: [imageItem(reference(source), image)] }),
        ...(annotation.note === "" ? [] : [textItem(annotation.note, { relationship: "CONTAINS", name: codes.comment })]),
      ],
    }),
  );
  return {
    ...frame(source, annotation, { sopClassUid: "1.2.840.10008.5.1.4.1.1.88.33", instance: uid("report"), series: uid("reports"), modality: "SR", number: 9102, title: `Drawn: ${title}` }),
    CompletionFlag: "COMPLETE", VerificationFlag: "UNVERIFIED", ReferencedPerformedProcedureStepSequence: [], PerformedProcedureCodeSequence: [],
    CurrentRequestedProcedureEvidenceSequence: [{ StudyInstanceUID: source.shared["StudyInstanceUID"], ReferencedSeriesSequence: [{ SeriesInstanceUID: source.seriesInstanceUid, ReferencedSOPSequence: [reference(source)] }] }],
    ValueType: "CONTAINER", ConceptNameCodeSequence: [coded(codes.measurementReport)], ContinuityOfContent: "SEPARATE", ContentTemplateSequence: [{ MappingResource: "DCMR", TemplateIdentifier: "1500" }],
    ContentSequence: [
      codeItem(codes.english, { relationship: "HAS CONCEPT MOD", name: codes.language }),
      codeItem(codes.person, { ...has, name: codes.observerType }),
      { RelationshipType: "HAS OBS CONTEXT", ValueType: "PNAME", ConceptNameCodeSequence: [coded(codes.personName)], PersonName: letters(annotation.author.name, 64).replaceAll(/[=^]/g, " ") },
      codeItem(codes.imagingProcedure, { relationship: "HAS CONCEPT MOD", name: codes.procedureReported }),
      containerItem({ relationship: "CONTAINS", name: codes.measurements, children: groups }),
    ],
  };
}
