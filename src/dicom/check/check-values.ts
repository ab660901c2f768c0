import { isTextVr, widthOf, type Dataset, type Element } from "../dataset.js";
import { attributeOf, formatTag, isPrivate } from "../dictionary/index.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { isValidText } from "../write/source-attributes.js";
import { errorAt, warningAt, type Finding } from "./contract.js";

/** Representations that a dictionary's word stands for. */
const standsFor: Readonly<Record<string, readonly string[]>> = { xs: ["US", "SS"], ox: ["OB", "OW"], lt: ["US", "SS", "OW"] };

function nameOf(tag: number): string {
  return attributeOf(tag)?.keyword ?? formatTag(tag);
}

function checkElement(element: Element, dataset: Dataset, place: string): Finding[] {
  const { tag, vr, bytes, fragments } = element;
  const known = attributeOf(tag);
  const findings: Finding[] = [];
  const allowed = known === undefined || known.vr === "na" ? undefined : (standsFor[known.vr] ?? [known.vr]);
  // UN is what a system writes that does not know an attribute: legal, but it hides what is there.
  if (allowed !== undefined && vr === "UN" && !isPrivate(tag)) findings.push(warningAt("representation", place, `is written as UN, not as ${allowed.join(" or ")}.`));
  else if (allowed !== undefined && !allowed.includes(vr)) findings.push(errorAt("representation", place, `is written as ${vr}, and the standard has ${allowed.join(" or ")}.`));
  const width = widthOf(vr);
  if (fragments === undefined && width !== undefined && bytes.length % width !== 0) findings.push(errorAt("value", place, `has ${bytes.length} bytes, which is no whole number of values of ${vr}.`));
  if (isTextVr(vr) && bytes.length > 0) {
    const wrong = dataset.texts(tag).filter((text) => !isValidText(text, vr)).length;
    if (wrong > 0) findings.push(errorAt("value", place, `holds ${wrong === 1 ? "a value" : `${wrong} values`} that ${vr} does not allow.`));
  }
  return findings;
}

function walk(dataset: Dataset, above: string): Finding[] {
  const findings: Finding[] = [];
  for (const element of dataset.elements.values()) {
    if ((element.tag & 0xffff) === 0) continue;
    const place = above + nameOf(element.tag);
    findings.push(...checkElement(element, dataset, place));
    element.items?.forEach((item, i) => findings.push(...walk(item, `${place}[${i + 1}].`)));
  }
  return findings;
}

/** Representations and values of every element, in sequences, too. */
export function checkValues({ dataset }: DicomFile): Finding[] {
  return walk(dataset, "");
}

/** File meta information that contradicts the data set, or is not there. */
export function checkMeta({ meta, dataset, warnings }: DicomFile): Finding[] {
  const findings = warnings.map(({ message }) => warningAt("structure", "file", message.slice(message.indexOf(": ") + 2)));
  for (const [own, other] of [["MediaStorageSOPClassUID", "SOPClassUID"], ["MediaStorageSOPInstanceUID", "SOPInstanceUID"]] as const) {
    if (!meta.has(own)) findings.push(errorAt("meta", own, "is missing in the file meta information."));
    else if (meta.text(own) !== dataset.text(other)) findings.push(errorAt("meta", own, `differs from ${other} of the data set.`));
  }
  for (const keyword of ["TransferSyntaxUID", "ImplementationClassUID"]) if (!meta.has(keyword)) findings.push(errorAt("meta", keyword, "is missing in the file meta information."));
  return findings;
}
