import { endplateLine, posteriorWall, anteriorReach, type PlacedVertebra } from "../anatomy/alignment.js";
import type { Level } from "../anatomy/dimensions.js";
import { vertebralBody, type VertebraParts } from "../anatomy/vertebra.js";
import { boneOf, cutAt, ellipsoid, ellipsoidQuadric, type Primitive } from "../projection/primitive.js";
import { visitChords } from "../projection/chords.js";
import { paintSilhouette } from "../projection/project.js";
import { subframe } from "../projection/vector.js";
import type { Raster, View } from "../projection/view.js";

/** What a reader must look at to tell the class. */
export interface RelevantRegion {
  readonly kind: "column" | "bodies" | "pars-and-foramen" | "disc" | "lesion";
  /** Levels whose parts count; for a disc, the vertebra above it. */
  readonly levels: readonly string[];
}

/** Box of a structure: left, top, width, height in pixels. */
export interface TruthBox {
  readonly name: string;
  readonly kind: "vertebra" | "disc" | "lesion";
  readonly box: readonly [number, number, number, number];
  /** Pixels of the silhouette. */
  readonly area: number;
  /** The silhouette, whatever lies over it: first pixel and length of each run, row by row. */
  readonly runs: readonly number[];
}

export interface TruthMasks {
  /** Vertebral bodies, [H, W]: 0 none, else 1 + the index from S1 up. */
  readonly bodyLabels: Uint8Array;
  /** Discs, [H, W]: 0 none, else 1 + the index of the vertebra above. */
  readonly discLabels: Uint8Array;
  /** 0 or 255, [H, W]. */
  readonly region: Uint8Array;
  readonly boxes: readonly TruthBox[];
}

export interface MaskOptions {
  readonly spine: readonly PlacedVertebra[];
  readonly parts: readonly VertebraParts[];
  readonly view: View;
  readonly raster: Raster;
  readonly relevant: RelevantRegion;
}

/** Silhouettes of bodies, discs and the relevant region on the image. */
export function drawMasks({ spine, parts, view, raster, relevant }: MaskOptions): TruthMasks {
  const count = raster.width * raster.height;
  const [bodyLabels, discLabels] = [new Uint8Array(count), new Uint8Array(count)];
  const boxes: TruthBox[] = [];
  const paintNamed = (solid: Primitive, name: string, kind: TruthBox["kind"], labels: Uint8Array | undefined, value: number): void => {
    const found = paintAndMeasure(solid, { view, raster, labels, value });
    if (found !== undefined) boxes.push({ name, kind, ...found });
  };
  for (let i = 1; i < spine.length; i++) {
    const name = `${spine[i]!.level}-${spine[i - 1]!.level}`;
    paintNamed(discSolid(spine[i]!, spine[i - 1]!), name, "disc", discLabels, i + 1);
  }
  spine.forEach((placed, i) => paintNamed(vertebralBody(placed, 0, 0), placed.level, "vertebra", bodyLabels, i + 1));
  for (const part of parts) {
    if (part.lesion.length > 0) paintNamed(part.lesion[0]!, `${part.level} lesion`, "lesion", undefined, 0);
  }
  const region = new Uint8Array(count);
  for (const solid of relevantSolids(spine, parts, relevant)) paintSilhouette(region, solid, view, raster);
  return { bodyLabels, discLabels, region, boxes };
}

/** The solids of a relevant region. */
export function relevantSolids(spine: readonly PlacedVertebra[], parts: readonly VertebraParts[], relevant: RelevantRegion): Primitive[] {
  return relevant.levels.flatMap((level) => {
    const at = spine.findIndex((v) => v.level === level);
    const part = parts.find((p) => p.level === level);
    const [upper, lower] = [spine[at]!, spine[at - 1]];
    if (part === undefined || lower === undefined) return [vertebralBody(upper, 0, 0)];
    if (relevant.kind === "column") return [part.body, ...part.arch, ...part.partes];
    if (relevant.kind === "bodies") return [part.body];
    if (relevant.kind === "lesion") return part.lesion.slice(0, 1);
    if (relevant.kind === "disc") return [discSolid(upper, lower)];
    return [...part.partes, foramen(upper), discBack(upper)];
  });
}

/** The space between two endplates. */
export function discSolid(upper: PlacedVertebra, lower: PlacedVertebra): Primitive {
  const { size, frame } = upper;
  const [above, below] = [endplateLine(upper, -1), endplateLine(lower, 1)];
  const middle = subframe(frame, [0, 0, above.z - size.discBelow / 2]);
  const reach: [number, number, number] = [size.lowerWidth / 2, anteriorReach(size, -1), 400];
  return {
    quadrics: [ellipsoidQuadric(middle, reach)],
    cuts: [
      cutAt(frame, [0, 0, above.z], [0, -above.slope, 1]),
      cutAt(lower.frame, [0, 0, below.z], [0, below.slope, -1]),
      cutAt(frame, [0, posteriorWall(size), 0], [0, 1, 0]),
    ],
    half: [reach[0], reach[1], size.discBelow + 14],
    material: boneOf(0),
  };
}

function foramen(upper: PlacedVertebra): Primitive {
  const { size, frame } = upper;
  const at = subframe(frame, [0, posteriorWall(size) + 8, -size.height * 0.42 - size.discBelow * 0.5]);
  return ellipsoid(at, [16, 9, size.height * 0.34 + size.discBelow * 0.5], boneOf(0));
}

/** The back third of the disc and the corners beside it, where a slip shows. */
function discBack(upper: PlacedVertebra): Primitive {
  const { size, frame } = upper;
  const at = subframe(frame, [0, posteriorWall(size) - 5, -size.height / 2 - size.discBelow / 2]);
  return ellipsoid(at, [16, 9 + Math.abs(upper.change.slipMm ?? 0) * 0.5, size.discBelow * 0.5 + 5], boneOf(0));
}

function paintAndMeasure(solid: Primitive, o: { view: View; raster: Raster; labels: Uint8Array | undefined; value: number }): Pick<TruthBox, "box" | "area" | "runs"> | undefined {
  const { view, raster, labels, value } = o;
  let [left, top, right, bottom, area] = [raster.width, raster.height, -1, -1, 0];
  const runs: number[] = [];
  visitChords(solid, view, raster, (start, count, chords) => {
    const row = Math.floor(start / raster.width);
    const column = start - row * raster.width;
    for (let i = 0; i < count; i++) {
      if (chords[i] === 0) continue;
      if (i === 0 || chords[i - 1] === 0) runs.push(start + i, 0);
      runs[runs.length - 1]! += 1;
      if (labels !== undefined) labels[start + i] = value;
      area++;
      left = Math.min(left, column + i);
      right = Math.max(right, column + i);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
    }
  });
  return area === 0 ? undefined : { box: [left, top, right - left + 1, bottom - top + 1], area, runs };
}

/** Levels from the lower to the upper one, both included. */
export function levelsBetween(spine: readonly PlacedVertebra[], lower: string, upper: string): Level[] {
  const [from, to] = [spine.findIndex((v) => v.level === lower), spine.findIndex((v) => v.level === upper)];
  return spine.slice(from, to + 1).map((v) => v.level);
}
