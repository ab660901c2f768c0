import type { Values } from "./build-dataset.js";
import { codeValues } from "./codes.js";
import type { Code, ResultKind } from "./contract.js";
import { frameValues, type ResultContext } from "./result-frame.js";
import { evidenceOf, type ImageName } from "./source-image.js";

interface DocumentParts {
  readonly title: Code;
  /** Number of the root's template in PS3.16. */
  readonly template: string;
  /** Objects that the content refers to. */
  readonly evidence: readonly ImageName[];
  readonly content: readonly Values[];
}

/**
 * What reports and key object notes share: the root of their tree, and the list of what it refers to.
 * @see DICOM PS3.3 C.17.2, C.17.3
 */
export function documentValues(context: ResultContext, kind: ResultKind, { title, template, evidence, content }: DocumentParts): Values {
  return {
    ...frameValues(context, kind),
    ReferencedPerformedProcedureStepSequence: [],
    CurrentRequestedProcedureEvidenceSequence: evidenceOf(evidence),
    ValueType: "CONTAINER",
    ConceptNameCodeSequence: [codeValues(title)],
    ContinuityOfContent: "SEPARATE",
    ContentTemplateSequence: [{ MappingResource: "DCMR", TemplateIdentifier: template }],
    ContentSequence: content,
  };
}
