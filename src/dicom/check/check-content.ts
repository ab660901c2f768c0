import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { errorAt, onlyItem, type Finding } from "./contract.js";

/** What an item of each type has to hold. */
const valueOf: Readonly<Record<string, string>> = {
  TEXT: "TextValue", CODE: "ConceptCodeSequence", NUM: "MeasuredValueSequence", UIDREF: "UID", IMAGE: "ReferencedSOPSequence", COMPOSITE: "ReferencedSOPSequence", WAVEFORM: "ReferencedSOPSequence", SCOORD: "GraphicData", SCOORD3D: "GraphicData",
  PNAME: "PersonName", DATE: "Date", TIME: "Time", DATETIME: "DateTime", CONTAINER: "ContinuityOfContent",
};
/** Types that may go without a name. */
const nameless = new Set(["IMAGE", "COMPOSITE", "WAVEFORM", "SCOORD", "SCOORD3D", "CONTAINER"]);

/** Instances listed as evidence. */
function evidence(dataset: Dataset): Set<string> {
  const listed = new Set<string>();
  for (const keyword of ["CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence"]) {
    for (const study of dataset.items(keyword)) for (const series of study.items("ReferencedSeriesSequence")) for (const instance of series.items("ReferencedSOPSequence")) listed.add(instance.text("ReferencedSOPInstanceUID") ?? "");
  }
  return listed;
}

function checkCode(item: Dataset, sequence: string, place: string): Finding[] {
  const code = onlyItem(item, sequence);
  if (code === undefined) return [errorAt("content", place, `needs exactly one item in ${sequence}.`)];
  const whole = ["CodeMeaning", "CodingSchemeDesignator"].every((keyword) => code.text(keyword) !== undefined) && ["CodeValue", "LongCodeValue", "URNCodeValue"].some((keyword) => code.text(keyword) !== undefined);
  return whole ? [] : [errorAt("content", place, `has a code without value, scheme or meaning in ${sequence}.`)];
}

function checkItem(item: Dataset, place: string, listed: ReadonlySet<string>, isRoot: boolean): Finding[] {
  const type = item.text("ValueType") ?? "";
  const holds = valueOf[type];
  if (holds === undefined) return item.has("ReferencedContentItemIdentifier") ? [] : [errorAt("content", place, "has no ValueType, or one that is not known.")];
  const findings: Finding[] = [];
  if (!isRoot && item.text("RelationshipType") === undefined) findings.push(errorAt("content", place, "does not say how it belongs to the item above it (RelationshipType)."));
  if (!item.has(holds)) findings.push(errorAt("content", place, `is of type ${type} and has no ${holds}.`));
  if (item.has("ConceptNameCodeSequence") || !nameless.has(type) || isRoot) findings.push(...checkCode(item, "ConceptNameCodeSequence", place));
  if (type === "CODE") findings.push(...checkCode(item, "ConceptCodeSequence", place));
  if (type === "NUM") for (const measured of item.items("MeasuredValueSequence")) findings.push(...checkCode(measured, "MeasurementUnitsCodeSequence", place));
  if (type === "SCOORD") {
    const data = item.numbers("GraphicData");
    const closed = data.length >= 6 && data[0] === data.at(-2) && data[1] === data.at(-1);
    if (data.length % 2 !== 0 || data.length === 0) findings.push(errorAt("graphic", place, "has no whole number of points in GraphicData."));
    else if (item.text("GraphicType") === "POLYLINE" && item.text("RelationshipType") === "CONTAINS" && !closed) findings.push(errorAt("graphic", place, "is an image region and its outline is not closed."));
    if (!item.items("ContentSequence").some((child) => child.text("ValueType") === "IMAGE" && child.text("RelationshipType") === "SELECTED FROM")) findings.push(errorAt("content", place, "does not name the image its coordinates are of."));
  }
  for (const reference of item.items("ReferencedSOPSequence")) if (!listed.has(reference.text("ReferencedSOPInstanceUID") ?? "")) findings.push(errorAt("reference", place, "names an instance that is not listed as evidence."));
  item.items("ContentSequence").forEach((child, i) => findings.push(...checkItem(child, `${place}.${i + 1}`, listed, false)));
  return findings;
}

/** Containers and items that TID 1500 asks for. */
function checkMeasurementReport(dataset: Dataset): Finding[] {
  const named = (value: string): boolean => dataset.items("ContentSequence").some((item) => item.items("ConceptNameCodeSequence")[0]?.text("CodeValue") === value);
  const wanted = { "121049": "the language of its text", "121058": "the procedure reported" };
  return [
    ...Object.entries(wanted).filter(([code]) => !named(code)).map(([, what]) => errorAt("content", "ContentSequence", `of an imaging measurement report (TID 1500) lacks ${what}.`)),
    ...(["126010", "126011", "C0034375"].some(named) ? [] : [errorAt("content", "ContentSequence", "of an imaging measurement report (TID 1500) holds neither measurements nor evaluations.")]),
  ];
}

/** The tree of a structured report or key object note. */
export function checkContent({ dataset }: DicomFile): Finding[] {
  if (!dataset.has("ValueType") || !dataset.has("ContentSequence")) return [];
  const isMeasurementReport = dataset.items("ContentTemplateSequence")[0]?.text("TemplateIdentifier") === "1500";
  return [...checkItem(dataset, "item 1", evidence(dataset), true), ...(isMeasurementReport ? checkMeasurementReport(dataset) : [])];
}
