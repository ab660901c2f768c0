import type { Values } from "./build-dataset.js";
import { codeValues, codes } from "./codes.js";
import { codeItem, imageItem, longText, textItem } from "./content-items.js";
import { frameValues, sentenceOf, type ResultContext } from "./result-frame.js";
import { evidenceOf, referenceTo, type ImageName } from "./source-image.js";

/**
 * The image noted as of interest, with the result as its description.
 * @param shown images made from the result that stand beside it
 * @see DICOM PS3.3 A.35.4, PS3.16 TID 2010; IHE RAD Key Image Note
 */
export function buildKeyObjects(context: ResultContext, shown: readonly ImageName[]): Values {
  const { source, prediction } = context;
  return {
    ...frameValues(context, "key-objects"),
    ReferencedPerformedProcedureStepSequence: [],
    CurrentRequestedProcedureEvidenceSequence: evidenceOf([source, ...shown]),
    ValueType: "CONTAINER",
    ConceptNameCodeSequence: [codeValues(codes.ofInterest)],
    ContinuityOfContent: "SEPARATE",
    ContentTemplateSequence: [{ MappingResource: "DCMR", TemplateIdentifier: "2010" }],
    ContentSequence: [
      codeItem(codes.english, { relationship: "HAS CONCEPT MOD", name: codes.language }),
      codeItem(codes.device, { relationship: "HAS OBS CONTEXT", name: codes.observerType }),
      textItem(longText(sentenceOf(prediction)), { relationship: "CONTAINS", name: codes.keyObjectDescription }),
      imageItem(referenceTo(source), { relationship: "CONTAINS" }),
      ...shown.map((name) => imageItem(referenceTo(name), { relationship: "CONTAINS" })),
    ],
  };
}
