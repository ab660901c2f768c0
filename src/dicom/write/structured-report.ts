import type { Values } from "./build-dataset.js";
import { classCode, codes, ownScheme, ownSchemeValues } from "./codes.js";
import type { Code, ResultObject } from "./contract.js";
import { documentValues } from "./content-document.js";
import { codeItem, containerItem, imageItem, longText, numberItem, outlineItem, textItem, uidItem } from "./content-items.js";
import { defaultThreshold } from "./place-map.js";
import { mapTitle, modelTitle, sentenceOf, uidsOf, type ResultContext } from "./result-frame.js";
import { uidOf } from "./result-uid.js";
import { referenceTo, type ImageName } from "./source-image.js";
import type { TracedRegion } from "./trace-outline.js";

/** What of the result the report points to. */
export interface ReportParts {
  /** Objects written before the report. */
  readonly objects: readonly ResultObject[];
  /** Parts of the heat map's region, the largest first; simplified outlines. */
  readonly regions: readonly TracedRegion[];
  /** Further images that went into the decision. */
  readonly others: readonly ImageName[];
}

/** TID 4019: which program said so, with the hash of its weights. */
function algorithmItems({ prediction }: ResultContext, method?: string): Values[] {
  const { name, version, sha256, architecture } = prediction.model;
  const has = { relationship: "HAS CONCEPT MOD" } as const;
  return [
    textItem(longText(name), { ...has, name: codes.algorithmName }),
    textItem(longText(version), { ...has, name: codes.algorithmVersion }),
    textItem(`model file SHA-256 ${sha256.toLowerCase()}`, { ...has, name: codes.algorithmParameters }),
    ...(architecture === undefined ? [] : [textItem(longText(`network ${architecture}`), { ...has, name: codes.algorithmParameters })]),
    ...(method === undefined ? [] : [textItem(longText(`heat map ${method}`), { ...has, name: codes.algorithmParameters })]),
  ];
}

/** TID 1001 with TID 1004: the observer is a device. */
function observerItems(context: ResultContext): Values[] {
  const { model } = context.prediction;
  const has = { relationship: "HAS OBS CONTEXT" } as const;
  return [
    codeItem(codes.device, { ...has, name: codes.observerType }),
    uidItem(uidOf("osteon device", model.sha256.toLowerCase()), { ...has, name: codes.deviceUid }),
    textItem(longText(modelTitle(model)), { ...has, name: codes.deviceName }),
    textItem("Osteon", { ...has, name: codes.deviceManufacturer }),
    textItem(longText(model.name), { ...has, name: codes.deviceModel }),
    textItem(model.sha256.toLowerCase(), { ...has, name: codes.deviceSerial }),
  ];
}

/** TID 1600: the images that were looked at. */
function imageLibrary({ source }: ResultContext, others: readonly ImageName[]): Values {
  const images = [referenceTo({ ...source, frames: 1 }), ...others.map((name) => referenceTo(name))];
  const modality: Code = { value: source.modality, scheme: "DCM", meaning: source.modality };
  const group = containerItem({
    relationship: "CONTAINS",
    name: codes.imageLibraryGroup,
    children: [codeItem(modality, { relationship: "HAS ACQ CONTEXT", name: codes.modality }), ...images.map((image) => imageItem(image, { relationship: "CONTAINS" }))],
  });
  return containerItem({ relationship: "CONTAINS", name: codes.imageLibrary, children: [group] });
}

function trackingItems(context: ResultContext, what: string): Values[] {
  const has = { relationship: "HAS OBS CONTEXT" } as const;
  const { sopInstanceUid } = uidsOf(context, "structured-report");
  return [textItem(what, { ...has, name: codes.trackingIdentifier }), uidItem(uidOf("osteon tracking", sopInstanceUid, what), { ...has, name: codes.trackingUid })];
}

/** TID 1501: the class as a coded finding, with the probability of every class as a measurement inferred from the image. */
function findingGroup(context: ResultContext): Values {
  const { prediction, source } = context;
  const decided = prediction.classes.find(({ label }) => label === prediction.decided);
  const code = decided?.code ?? classCode(prediction.decided);
  const image = (): Values => imageItem(referenceTo(source), { relationship: "INFERRED FROM", name: codes.sourceOfMeasurement });
  const mean = (prediction.images ?? 1) > 1 ? [codeItem(codes.mean, { relationship: "HAS CONCEPT MOD", name: codes.derivation })] : [];
  const probabilities = prediction.classes.map(({ label, probability, code: own = classCode(label) }) =>
    numberItem(probability, codes.noUnits, { relationship: "CONTAINS", name: codes.probability, children: [codeItem(own, { relationship: "HAS CONCEPT MOD", name: codes.finding }), ...mean, image()] }),
  );
  return containerItem({
    relationship: "CONTAINS",
    name: codes.measurementGroup,
    template: "1501",
    children: [...trackingItems(context, "Classification"), codeItem(code, { relationship: "CONTAINS", name: codes.finding }), ...algorithmItems(context), ...probabilities],
  });
}

/** TID 1410: one part of the heat map's region; by its segment where that was written, else by its outline over the image. */
function regionGroup(context: ResultContext, { objects, regions }: ReportParts, number: number): Values {
  const { prediction, source } = context;
  const map = prediction.map!;
  const segmentation = objects.find(({ kind }) => kind === "segmentation");
  const region = regions[number]!;
  const part = { relationship: "CONTAINS" } as const;
  const where = segmentation !== undefined
    ? [
        imageItem({ ReferencedSOPClassUID: segmentation.sopClassUid, ReferencedSOPInstanceUID: segmentation.sopInstanceUid, ReferencedSegmentNumber: 1 }, { ...part, name: codes.referencedSegment }),
        imageItem(referenceTo(source), { ...part, name: codes.sourceForSegmentation }),
      ]
    : [outlineItem(region.outline, { ...part, name: codes.imageRegion, children: [imageItem(referenceTo(source), { relationship: "SELECTED FROM" })] })];
  const area = segmentation !== undefined ? regions.reduce((sum, one) => sum + one.area, 0) : region.area;
  const spacing = source.patientSpacingMm;
  return containerItem({
    relationship: "CONTAINS",
    name: codes.measurementGroup,
    template: "1410",
    children: [
      ...trackingItems(context, segmentation !== undefined || regions.length === 1 ? "Heat map region" : `Heat map region ${number + 1}`),
      codeItem(codes.heatRegion, { ...part, name: codes.finding }),
      ...algorithmItems(context, `${mapTitle(prediction)}, region from ${map.threshold ?? defaultThreshold} of its peak`),
      ...where,
      ...(spacing === undefined ? [] : [numberItem(area * spacing[0] * spacing[1], codes.squareMillimeter, { ...part, name: codes.area })]),
    ],
  });
}

/**
 * The result as a Comprehensive 3D SR by TID 1500: a coded finding with the probability of every class, the algorithm with the
 * hash of its weights, the region of the heat map, and references to the image and to the other objects of the result.
 * @see DICOM PS3.3 A.35.13, PS3.16 TID 1500, 1501, 1410, 1600, 4019; IHE RAD AI Results
 */
export function buildStructuredReport(context: ResultContext, parts: ReportParts): Values {
  const { prediction, source } = context;
  const usesOwn = prediction.map !== undefined || prediction.classes.some(({ label, code = classCode(label) }) => code.scheme === ownScheme);
  // With a segment the whole region is one; outlines are told one by one, the five largest.
  const hasSegment = parts.objects.some(({ kind }) => kind === "segmentation");
  const groups = prediction.map === undefined ? [] : parts.regions.slice(0, hasSegment ? 1 : 5).map((_, i) => regionGroup(context, parts, i));
  // Every image that was made from the result hangs on the report, so that one finds all by the one.
  const pictures = parts.objects.filter(({ kind }) => kind === "parametric-map" || kind === "secondary-capture");
  const images = imageLibrary(context, parts.others);
  const named = (object: ResultObject): Values => ({ ReferencedSOPClassUID: object.sopClassUid, ReferencedSOPInstanceUID: object.sopInstanceUid });
  const madeImages = pictures.length === 0 ? [] : [containerItem({ relationship: "CONTAINS", name: codes.imageLibraryGroup, children: pictures.map((object) => imageItem(named(object), { relationship: "CONTAINS" })) })];
  const imageItems = [...(images["ContentSequence"] as readonly Values[]), ...madeImages];
  const evidence = [source, ...parts.others, ...parts.objects.filter(({ kind }) => kind !== "key-objects" && kind !== "presentation-state")];
  const content: Values[] = [
    codeItem(codes.english, { relationship: "HAS CONCEPT MOD", name: codes.language }),
    ...observerItems(context),
    codeItem(codes.imagingProcedure, { relationship: "HAS CONCEPT MOD", name: codes.procedureReported }),
    { ...images, ContentSequence: imageItems },
    containerItem({ relationship: "CONTAINS", name: codes.imagingMeasurements, children: [findingGroup(context), ...groups] }),
    containerItem({
      relationship: "CONTAINS",
      name: codes.qualitativeEvaluations,
      children: [
        codeItem(prediction.classes.find(({ label }) => label === prediction.decided)?.code ?? classCode(prediction.decided), { relationship: "CONTAINS", name: codes.finding }),
        textItem(longText(sentenceOf(prediction)), { relationship: "CONTAINS", name: codes.comment }),
        ...(source.replaced ?? []).map(({ keyword, stored, uid }) => textItem(longText(`${keyword} ${stored} of the image is malformed; ${uid} stands for it here`), { relationship: "CONTAINS", name: codes.comment })),
      ],
    }),
  ];
  return {
    ...documentValues(context, "structured-report", { title: codes.imagingMeasurementReport, template: "1500", evidence, content }),
    PerformedProcedureCodeSequence: [],
    CompletionFlag: "COMPLETE",
    VerificationFlag: "UNVERIFIED",
    ...(usesOwn && { CodingSchemeIdentificationSequence: [ownSchemeValues] }),
  };
}
