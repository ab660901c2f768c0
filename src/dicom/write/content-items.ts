import { decimalString, type Values } from "./build-dataset.js";
import { codeValues, shorten } from "./codes.js";
import type { Code } from "./contract.js";
import type { Outline } from "./trace-outline.js";

/** How an item of a report belongs to the one above it. */
export type Relationship = "CONTAINS" | "HAS PROPERTIES" | "HAS OBS CONTEXT" | "HAS CONCEPT MOD" | "HAS ACQ CONTEXT" | "INFERRED FROM" | "SELECTED FROM";

/** An item of a report's tree; its relationship is left out at the root. */
interface ItemOptions {
  readonly relationship: Relationship;
  readonly name?: Code;
  readonly children?: readonly Values[];
}

function item(type: string, { relationship, name, children = [] }: ItemOptions, value: Values): Values {
  return {
    RelationshipType: relationship,
    ValueType: type,
    ...(name && { ConceptNameCodeSequence: [codeValues(name)] }),
    ...value,
    ...(children.length > 0 && { ContentSequence: children }),
  };
}

export function containerItem(options: ItemOptions & { readonly template?: string }): Values {
  const template = options.template === undefined ? {} : { ContentTemplateSequence: [{ MappingResource: "DCMR", TemplateIdentifier: options.template }] };
  return item("CONTAINER", options, { ContinuityOfContent: "SEPARATE", ...template });
}

export function codeItem(value: Code, options: ItemOptions): Values {
  return item("CODE", options, { ConceptCodeSequence: [codeValues(value)] });
}

export function textItem(text: string, options: ItemOptions): Values {
  return item("TEXT", options, { TextValue: text });
}

export function uidItem(uid: string, options: ItemOptions): Values {
  return item("UIDREF", options, { UID: uid });
}

/** @param value in the units; also kept in full precision beside its decimal string */
export function numberItem(value: number, units: Code, options: ItemOptions): Values {
  const measured = { NumericValue: decimalString(value), ...(Number(decimalString(value)) !== value && { FloatingPointValue: value }), MeasurementUnitsCodeSequence: [codeValues(units)] };
  return item("NUM", options, { MeasuredValueSequence: [measured] });
}

/** @param reference as `referenceTo` makes it, perhaps with ReferencedSegmentNumber */
export function imageItem(reference: Values, options: ItemOptions): Values {
  return item("IMAGE", options, { ReferencedSOPSequence: [reference] });
}

/** A closed outline over the image that its child selects. */
export function outlineItem(outline: Outline, options: ItemOptions): Values {
  return item("SCOORD", options, { GraphicType: "POLYLINE", GraphicData: [...outline, outline[0]!, outline[1]!] });
}

/** Longest text of one item in the tree that is still shown in full everywhere. */
const longestText = 1024;

export function longText(text: string): string {
  return shorten(text, longestText);
}
