import { buildTree, chooseSlices, isStack, orderFrames, type DicomFile, type PatientNode, type SeriesNode, type SliceChoice } from "../../dicom/index.js";

/** A file's header and where it lies. */
export interface ReadHeader {
  readonly path: string;
  readonly file: DicomFile;
}

export interface ImportChoice {
  readonly slices: SliceChoice;
  /** Only stacks of slices that lie so; all where left out. Images that are no slices stay. */
  readonly planes?: readonly NonNullable<SeriesNode["plane"]>[];
}

/** One image that is taken into the data set. */
export interface PlannedImage {
  readonly path: string;
  /** From 0: of a file of several frames. */
  readonly frame?: number;
  /** Place among the slices of its series, or the frames of its file, from 1, and their number; absent where it is no slice. */
  readonly slice?: number;
  readonly slices?: number;
  readonly plane?: SeriesNode["plane"];
  readonly series: string;
}

export interface ImportPlan {
  readonly tree: readonly PatientNode[];
  readonly images: readonly PlannedImage[];
  readonly counts: { readonly patients: number; readonly studies: number; readonly series: number; readonly images: number; readonly stacks: number; readonly otherPlanes: number };
}

/** The chosen frames of a file that holds several, as if they were the slices of a series. */
function chooseFrames(file: DicomFile, slices: SliceChoice): Pick<PlannedImage, "frame" | "slice" | "slices">[] {
  const frames = orderFrames(file).map(String);
  const chosen = chooseSlices({ images: frames.length, sortedBy: "position", files: frames }, slices);
  return chosen.map((frame) => ({ frame: Number(frame), slice: frames.indexOf(frame) + 1, slices: frames.length }));
}

/** Which images of an export become cases: of stacks and of files of several frames the chosen slices, of anything else all. */
export function planImport(headers: readonly ReadHeader[], { slices, planes }: ImportChoice): ImportPlan {
  const patientOf = ({ dataset }: DicomFile): string => dataset.text("PatientID") ?? `study ${dataset.text("StudyInstanceUID") ?? ""}`;
  const tree = buildTree(headers, { patient: patientOf, uid: (uid) => uid });
  const studies = tree.flatMap((patient) => patient.studies);
  const series = studies.flatMap((study) => study.series);
  const stacks = series.filter(isStack);
  const left = stacks.filter(({ plane }) => planes !== undefined && (plane === undefined || !planes.includes(plane)));
  const several = new Map(headers.filter(({ file }) => (file.dataset.number("NumberOfFrames") ?? 1) > 1).map(({ path, file }) => [path, file]));
  const images = series
    .filter((one) => !left.includes(one))
    .flatMap((one): PlannedImage[] => {
      if (one.files.some((path) => several.has(path)) || !isStack(one)) {
        return one.files.flatMap((path) => {
          const file = several.get(path);
          return file === undefined ? [{ path, series: one.uid }] : chooseFrames(file, slices).map((frame) => ({ path, series: one.uid, ...frame, ...(one.plane && { plane: one.plane }) }));
        });
      }
      return chooseSlices(one, slices).map((path) => ({ path, series: one.uid, slice: one.files.indexOf(path) + 1, slices: one.files.length, ...(one.plane && { plane: one.plane }) }));
    });
  return { tree, images, counts: { patients: tree.length, studies: studies.length, series: series.length, images: headers.length, stacks: stacks.length, otherPlanes: left.length } };
}
