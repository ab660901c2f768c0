import type { Values } from "./build-dataset.js";
import { codeValues, codes } from "./codes.js";
import type { Code } from "./contract.js";
import { tagOf } from "../dictionary/index.js";
import { uidOf } from "./result-uid.js";
import { evidenceOf, referenceTo, type PatientPlane, type SourceImage } from "./source-image.js";

/** Pixel measures and orientation of the source's plane, as shared functional groups; none where it has no plane. */
export function planeGroups({ plane }: { readonly plane?: PatientPlane }): Values {
  if (plane === undefined) return {};
  const { spacingMm, thicknessMm, orientation } = plane;
  return {
    PixelMeasuresSequence: [{ PixelSpacing: [...spacingMm], ...(thicknessMm !== undefined && { SliceThickness: thicknessMm }) }],
    PlaneOrientationSequence: [{ ImageOrientationPatient: [...orientation] }],
  };
}

/** That the frame was derived from the image, and how. */
export function derivationValues(source: SourceImage, how: Code): Values[] {
  return [{ DerivationCodeSequence: [codeValues(how)], SourceImageSequence: [{ ...referenceTo(source), PurposeOfReferenceCodeSequence: [codeValues(codes.sourceForProcessing)] }] }];
}

/** One dimension: what each frame's index counts. */
export function dimensionValues(sopInstanceUid: string, [attribute, group]: readonly [string, string]): Values {
  const uid = uidOf("osteon dimensions", sopInstanceUid);
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: [{ DimensionOrganizationUID: uid, DimensionIndexPointer: tagOf(attribute)!, FunctionalGroupPointer: tagOf(group)! }],
  };
}

/** The instances of this study that an object refers to, by series. */
export function instancesBySeries(source: SourceImage): Values[] {
  return evidenceOf([source]).flatMap(({ ReferencedSeriesSequence: series }) =>
    (series as readonly Values[]).map((one) => ({ ReferencedInstanceSequence: one["ReferencedSOPSequence"], SeriesInstanceUID: one["SeriesInstanceUID"] })),
  );
}
