import type { DicomFile } from "../parse/parse-dicom.js";
import { findMacro } from "../pixels/grey-transform.js";

/** How a stored image has to be turned, as EXIF counts it: 1 not at all, 2 mirrored, 3 half a turn, ... 8. */
export type Turn = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface Orientation {
  /** Where the rows run to, then where the columns run to: patient's L, R, A, P, H, F. */
  readonly directions: readonly [string, string];
  /** Turn that puts the head up, and the patient's left to the right of a frontal view or the front to the left of a lateral one. */
  readonly turn: Turn;
  readonly from: "PatientOrientation" | "ImageOrientationPatient";
}

const letters = new Set(["L", "R", "A", "P", "H", "F"]);

/** Stored rows and columns, in terms of the upright image's, for each turn: [rows run, columns run]. */
const turns: readonly (readonly [Turn, "right" | "left" | "down" | "up", "right" | "left" | "down" | "up"])[] = [
  [1, "right", "down"], [2, "left", "down"], [3, "left", "up"], [4, "right", "up"], [5, "down", "right"], [6, "down", "left"], [7, "up", "left"], [8, "up", "right"],
];

/**
 * Where the stored image lies in the patient, and how to turn it upright.
 * @returns undefined where the file does not tell, or tells of another plane than frontal or lateral (axial images stay as they are)
 * @see DICOM PS3.3 C.7.6.1.1.1 (PatientOrientation), C.7.6.2.1.1 (ImageOrientationPatient)
 */
export function readOrientation(file: DicomFile, frame = 0): Orientation | undefined {
  const told = file.dataset.texts("PatientOrientation").map(mainDirection);
  if (told.length === 2 && told[0] !== undefined && told[1] !== undefined) return orient([told[0], told[1]], "PatientOrientation");
  const cosines = findMacro(file, frame, "PlaneOrientationSequence", "ImageOrientationPatient")?.numbers("ImageOrientationPatient") ?? [];
  if (cosines.length !== 6) return undefined;
  return orient([nearestDirection(cosines.slice(0, 3)), nearestDirection(cosines.slice(3))], "ImageOrientationPatient");
}

function mainDirection(text: string): string | undefined {
  // "LF" means mostly left, a little to the feet.
  const first = text.charAt(0).toUpperCase();
  return letters.has(first) ? first : undefined;
}

/** Axes of the patient: x to the left, y to the back, z to the head. */
function nearestDirection(cosines: readonly number[]): string {
  const axis = [0, 1, 2].reduce((best, i) => (Math.abs(cosines[i]!) > Math.abs(cosines[best]!) ? i : best), 0);
  return (cosines[axis]! >= 0 ? ["L", "P", "H"] : ["R", "A", "F"])[axis]!;
}

function orient(directions: readonly [string, string], from: Orientation["from"]): Orientation | undefined {
  const across = directions.find((direction) => direction !== "H" && direction !== "F");
  const along = directions.find((direction) => direction === "H" || direction === "F");
  if (across === undefined || along === undefined) return undefined;
  // Upright: rows run to the patient's left (frontal) or back (lateral), columns to the feet.
  const right = across === "L" || across === "R" ? "L" : "P";
  const name = (direction: string): "right" | "left" | "down" | "up" => (direction === "F" ? "down" : direction === "H" ? "up" : direction === right ? "right" : "left");
  const [rows, columns] = [name(directions[0]), name(directions[1])];
  const found = turns.find(([, r, c]) => r === rows && c === columns);
  return found === undefined ? undefined : { directions, turn: found[0], from };
}

/**
 * Turns an image as EXIF orientation says.
 * @param plane [H, W] row-major
 */
export function turnPlane(plane: Float32Array, { height, width, turn }: { height: number; width: number; turn: Turn }): { plane: Float32Array; height: number; width: number } {
  if (turn === 1) return { plane, height, width };
  const swapped = turn > 4;
  const [newHeight, newWidth] = swapped ? [width, height] : [height, width];
  const turned = new Float32Array(plane.length);
  const [, rows, columns] = turns.find(([one]) => one === turn)!;
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      // The step along a stored row goes where `rows` says, and along a stored column where `columns` says.
      const x = rows === "right" ? c : rows === "left" ? newWidth - 1 - c : columns === "right" ? r : newWidth - 1 - r;
      const y = columns === "down" ? r : columns === "up" ? newHeight - 1 - r : rows === "down" ? c : newHeight - 1 - c;
      turned[y * newWidth + x] = plane[r * width + c]!;
    }
  }
  return { plane: turned, height: newHeight, width: newWidth };
}

/** Side and view as the file states them. */
export function readView({ dataset }: DicomFile): { laterality?: string; view?: string; bodyPart?: string } {
  const word = (text: string | undefined): string | undefined => (text !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(text) ? text : undefined);
  const laterality = word(dataset.text("ImageLaterality") ?? dataset.text("Laterality"));
  const view = word(dataset.text("ViewPosition")) ?? dataset.items("ViewCodeSequence")[0]?.text("CodeMeaning");
  const bodyPart = word(dataset.text("BodyPartExamined"));
  return { ...(laterality && { laterality }), ...(view && { view }), ...(bodyPart && { bodyPart }) };
}
