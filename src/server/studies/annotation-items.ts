import type { Values } from "../../dicom/index.js";

interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}
const dcm = (value: string, meaning: string): Code => ({ value, scheme: "DCM", meaning });
const sct = (value: string, meaning: string): Code => ({ value, scheme: "SCT", meaning });

/** Codes of what a person draws. @see DICOM PS3.16 annex D, context groups 7150 and 7151 */
export const codes = {
  measurementReport: dcm("126000", "Imaging Measurement Report"),
  measurements: dcm("126010", "Imaging Measurements"),
  measurementGroup: dcm("125007", "Measurement Group"),
  language: dcm("121049", "Language of Content Item and Descendants"),
  english: { value: "en", scheme: "RFC5646", meaning: "English" },
  observerType: dcm("121005", "Observer Type"),
  person: dcm("121006", "Person"),
  personName: dcm("121008", "Person Observer Name"),
  procedureReported: dcm("121058", "Procedure reported"),
  imagingProcedure: sct("363679005", "Imaging procedure"),
  trackingIdentifier: dcm("112039", "Tracking Identifier"),
  trackingUid: dcm("112040", "Tracking Unique Identifier"),
  imageRegion: dcm("111030", "Image Region"),
  comment: dcm("121106", "Comment"),
  segmentation: dcm("113076", "Segmentation"),
  sourceForProcessing: dcm("121322", "Source image for image processing operation"),
  spatial: sct("309825002", "Spatial and Relational Concept"),
  ofInterest: dcm("113000", "Of Interest"),
} as const satisfies Record<string, Code>;

interface ItemOptions {
  readonly relationship: string;
  readonly name?: Code;
  readonly children?: readonly Values[];
}

export const coded = ({ value, scheme, meaning }: Code): Values => ({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning });

function item(type: string, { relationship, name, children = [] }: ItemOptions, value: Values): Values {
  return { RelationshipType: relationship, ValueType: type, ...(name && { ConceptNameCodeSequence: [coded(name)] }), ...value, ...(children.length > 0 && { ContentSequence: children }) };
}

export const codeItem = (value: Code, options: ItemOptions): Values => item("CODE", options, { ConceptCodeSequence: [coded(value)] });
export const textItem = (text: string, options: ItemOptions): Values => item("TEXT", options, { TextValue: text.replaceAll(/[^\P{Cc}\n]/gu, " ").slice(0, 1024) });
export const imageItem = (reference: Values, options: ItemOptions): Values => item("IMAGE", options, { ReferencedSOPSequence: [reference] });

export function containerItem({ template, ...options }: ItemOptions & { readonly template?: string }): Values {
  return item("CONTAINER", options, { ContinuityOfContent: "SEPARATE", ...(template !== undefined && { ContentTemplateSequence: [{ MappingResource: "DCMR", TemplateIdentifier: template }] }) });
}

/** @param points as (row, column); the standard counts columns first */
export function outlineItem(points: readonly (readonly [number, number])[], options: ItemOptions): Values {
  return item("SCOORD", options, { GraphicType: "POLYLINE", GraphicData: points.flatMap(([row, column]) => [column, row]) });
}
