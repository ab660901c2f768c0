import { buildTree, chooseSlices, nameOf, orderFrames, parseDicom, parseSliceChoice, readAcquisition, type DicomFile, type ImageName } from "../../dicom/index.js";
import { decodeImage } from "../../images/index.js";
import { judgeScope, type LookedAt, type ScopeVerdict } from "../../models/index.js";
import type { LoadedModel } from "./loaded-model.js";

/** Reads one image of those that are decided on together; read again when it is needed again, as a study may be larger than memory. */
export type ReadImage = () => Promise<Uint8Array>;

/** One frame that the model looked at. */
interface Look {
  readonly image: number;
  readonly frame: number;
  readonly looked: LookedAt;
  readonly verdict: ScopeVerdict;
}

/** What the model says of all of them. */
export type UnitView =
  | { readonly kind: "declined"; readonly verdict: ScopeVerdict; readonly looked: LookedAt }
  | {
      readonly kind: "seen";
      /** In the order of the labels: the mean over frames. */
      readonly probabilities: readonly number[];
      readonly decided: number;
      /** The frame that speaks most for the decision: it stands for all. */
      readonly shown: Look;
      /** Whether the heat map of that frame explains the decision, and not another class. */
      readonly isExplained: boolean;
      /** Other images that went into the decision. */
      readonly others: readonly ImageName[];
      readonly frames: number;
      readonly remarks: readonly string[];
    };

/** Enough for nearly every header. */
const headerBytes = 256 * 1024;

/** A header of its own, which does not keep the pixels in memory. */
function readHeader(bytes: Uint8Array): DicomFile {
  try {
    return parseDicom(bytes.slice(0, headerBytes), { name: "image", headerOnly: true });
  } catch {
    return parseDicom(bytes, { name: "image", headerOnly: true });
  }
}

/** Frames of a file that are looked at, in the order of their positions where they have some. */
function framesOf(file: DicomFile, slices: string): number[] {
  const files = orderFrames(file).map(String);
  return chooseSlices({ images: files.length, sortedBy: "position", files }, parseSliceChoice(slices)).map(Number);
}

/**
 * Looks at the images of a series or study, at the chosen slices of each stack and the chosen frames of each file, and averages the
 * probabilities. What lies too far from what the model was made for does not count.
 * @throws DataError `dicom-...`, `image-...` where one of the chosen images cannot be read
 */
export async function lookAtUnit(images: readonly ReadImage[], { model, slices, malformedUids }: { readonly model: LoadedModel; readonly slices: string; readonly malformedUids?: "replaced" | "kept" }): Promise<UnitView> {
  const headers: DicomFile[] = [];
  for (const read of images) headers.push(readHeader(await read()));
  const tree = buildTree(headers.map((file, i) => ({ path: String(i), file })), { patient: () => "", uid: (uid) => uid });
  const series = tree.flatMap(({ studies }) => studies.flatMap((study) => study.series));
  const chosen = series.flatMap((one) => chooseSlices(one, parseSliceChoice(slices))).map(Number);
  const { scope, preprocessing } = model.metadata;
  const looks: Look[] = [];
  for (const image of chosen) {
    const bytes = await images[image]!();
    for (const frame of framesOf(headers[image]!, slices)) {
      const looked = await model.predictor.look(await decodeImage(bytes, { channels: preprocessing.channels, name: "image", frame }), { name: "image" });
      looks.push({ image, frame, looked, verdict: judgeScope(scope, { acquisition: readAcquisition(headers[image]!), ...(looked.distance !== undefined && { distance: looked.distance }) }) });
    }
  }
  const counted = looks.filter(({ verdict }) => verdict.verdict !== "out-of-scope");
  if (counted.length === 0) return { kind: "declined", ...looks[0]! };
  const probabilities = model.metadata.labels.map((_, k) => counted.reduce((sum, { looked }) => sum + looked.probabilities[k]!, 0) / counted.length);
  const decided = probabilities.indexOf(Math.max(...probabilities));
  const says = ({ looked }: Look): boolean => looked.probabilities.indexOf(Math.max(...looked.probabilities)) === decided;
  const agreeing = counted.filter(says);
  const shown = (agreeing.length > 0 ? agreeing : counted).reduce((best, one) => (one.looked.probabilities[decided]! > best.looked.probabilities[decided]! ? one : best));
  const others = [...new Set(counted.map(({ image }) => image))].filter((image) => image !== shown.image).map((image) => nameOf(headers[image]!, malformedUids));
  return {
    kind: "seen",
    probabilities,
    decided,
    shown,
    isExplained: agreeing.length > 0,
    others,
    frames: counted.length,
    remarks: [
      ...(counted.length > 1 ? [`mean of ${counted.length} images or frames`] : []),
      ...(counted.length < looks.length ? [`${looks.length - counted.length} of ${looks.length} left out: ${looks.find((one) => !counted.includes(one))!.verdict.reasons.join(", ")}`] : []),
    ],
  };
}
