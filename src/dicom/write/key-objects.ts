import type { Values } from "./build-dataset.js";
import { codes } from "./codes.js";
import { documentValues } from "./content-document.js";
import { codeItem, imageItem, longText, textItem } from "./content-items.js";
import { sentenceOf, type ResultContext } from "./result-frame.js";
import { referenceTo, type ImageName } from "./source-image.js";

/**
 * The image noted as of interest, with the result as its description.
 * @param shown images made from the result that stand beside it
 * @see DICOM PS3.3 A.35.4, PS3.16 TID 2010; IHE RAD Key Image Note
 */
export function buildKeyObjects(context: ResultContext, shown: readonly ImageName[]): Values {
  const { source, prediction } = context;
  return documentValues(context, "key-objects", {
    title: codes.ofInterest,
    template: "2010",
    evidence: [source, ...shown],
    content: [
      codeItem(codes.english, { relationship: "HAS CONCEPT MOD", name: codes.language }),
      codeItem(codes.device, { relationship: "HAS OBS CONTEXT", name: codes.observerType }),
      textItem(longText(sentenceOf(prediction)), { relationship: "CONTAINS", name: codes.keyObjectDescription }),
      imageItem(referenceTo(source), { relationship: "CONTAINS" }),
      ...shown.map((name) => imageItem(referenceTo(name), { relationship: "CONTAINS" })),
    ],
  });
}
