import { boneOf, cutAt, cylinder, ellipsoid, type HalfSpace, type Primitive } from "../projection/primitive.js";
import { tube } from "../projection/tube.js";
import { add, mix, placeIn, scale, subframe, type Frame, type Vec3 } from "../projection/vector.js";
import { endplateLine, posteriorWall, type PlacedVertebra } from "./alignment.js";
import { buildDegeneration } from "./degeneration.js";
import { buildLesion } from "./lesion.js";
import type { Subject } from "./subject.js";

/** A vertebra as solids, with the outline that its mask is drawn from. */
export interface VertebraParts {
  readonly level: string;
  readonly body: Primitive;
  /** Pedicles, articular, transverse and spinous processes, laminae. */
  readonly arch: readonly Primitive[];
  readonly partes: readonly Primitive[];
  readonly lesion: readonly Primitive[];
  /** Solids that are drawn: the above and what only changes their density. */
  readonly all: readonly Primitive[];
}

const cortical = 0.85;

function endplateCuts(placed: PlacedVertebra, insetMm: number): HalfSpace[] {
  return ([1, -1] as const).map((end) => {
    const { slope, z } = endplateLine(placed, end);
    const n = 1 / Math.sqrt(1 + slope * slope);
    return cutAt(placed.frame, [0, 0, z - end * insetMm], [0, -end * slope * n, end * n]);
  });
}

/**
 * A waisted, tapered body: x²/a² + y²/b² <= 1 + 2 g z + k z², cut by the endplates and the posterior wall.
 * @param insetMm how far the surface lies within the outer one, for the marrow inside the cortex
 */
export function vertebralBody(placed: PlacedVertebra, insetMm: number, bone: number): Primitive {
  const { size, frame } = placed;
  const half = size.height / 2;
  const upper = size.upperWidth / 2;
  const lower = size.lowerWidth / 2;
  const outer = 0.9 * ((upper + lower) / 2);
  const a = outer - insetMm;
  const b = 0.9 * 0.28 * (size.upperDepth + size.lowerDepth) - insetMm;
  // Matches both endplate widths: (upper/a)² = 1 + 2 g h + k h², (lower/a)² = 1 - 2 g h + k h².
  const up = (upper * upper) / (outer * outer);
  const low = (lower * lower) / (outer * outer);
  const g = (up - low) / (4 * half);
  const k = ((up + low) / 2 - 1) / (half * half);
  const cuts = [...endplateCuts(placed, insetMm * 1.1), cutAt(frame, [0, posteriorWall(size) - insetMm, 0], [0, 1, 0])];
  const reach = Math.max(upper, lower) * 1.2 + 1;
  const tallest = Math.max(...([1, -1] as const).map((end) => half + Math.abs(endplateLine(placed, end).slope) * reach));
  return {
    quadrics: [{ frame, q: [1 / (a * a), 1 / (b * b), -k], g: -g }],
    cuts,
    half: [reach, reach, tallest],
    material: boneOf(bone),
  };
}

/** Builds body, pedicles, facets, partes interarticulares, laminae, transverse and spinous processes, and what a condition adds. */
export function buildVertebra(placed: PlacedVertebra, subject: Subject): VertebraParts {
  const cortex = subject.cortexMm * (placed.level.startsWith("C") ? 0.7 : 1);
  const body = vertebralBody(placed, 0, cortical);
  const marrow = vertebralBody(placed, cortex, subject.trabecular - cortical);
  const hollows = placed.change.fracture?.kind === "biconcave" ? hollowEndplates(placed, body, subject) : [];
  const { arch, partes } = buildArch(placed, subject, cortex);
  const lesion = placed.change.lesion ? buildLesion(placed, placed.change.lesion, { body, subject }) : [];
  const worn = buildDegeneration(placed, body);
  return { level: placed.level, body, arch, partes, lesion, all: [body, marrow, ...hollows, ...arch, ...partes, ...lesion, ...worn] };
}

function buildArch(placed: PlacedVertebra, subject: Subject, cortex: number): { arch: Primitive[]; partes: Primitive[] } {
  const { size, frame, level, change } = placed;
  const lumbar = level.startsWith("L");
  const solid = 0.38 + subject.trabecular;
  const arch: Primitive[] = [];
  const partes: Primitive[] = [];
  const wall = posteriorWall(size);
  const canal = lumbar ? 16 : 14;
  const high = 0.18 * size.height;
  // The arch behind a broken pars stays where the vertebra below holds it.
  const stays = change.archStays === true ? (change.slipMm ?? 0) : 0;
  const behind: Frame = { ...frame, origin: add(frame.origin, scale(frame.y, stays)) };
  for (const side of [-1, 1]) {
    const x = (side * size.pedicleSpan) / 2;
    const root = subframe(frame, [x, wall + canal * 0.4, high], [90, 0, side * (lumbar ? -8 : -3)]);
    const [pw, ph] = [size.pedicleWidth / 2, size.pedicleHeight / 2];
    arch.push(cylinder(root, [pw, ph, canal * 0.55], boneOf(cortical)));
    arch.push(cylinder(root, [pw - 1.5 * cortex, ph - 1.5 * cortex, canal * 0.55], boneOf(subject.trabecular + 0.1 - cortical)));
    const facetX = x * (lumbar ? 1.15 : 1);
    arch.push(lump(frame, [facetX, wall + canal * 0.95, high + 0.42 * size.height], [4, 4.5, 0.3 * size.height], solid, [10, 0, 0]));
    arch.push(lump(behind, [facetX * 0.82, wall + canal * 1.1, -0.55 * size.height], [4, 4, 0.34 * size.height], solid, [8, 0, 0]));
    const lamina: Vec3 = [x * 0.62, wall + canal * 1.15, -0.14 * size.height];
    arch.push(lump(behind, lamina, [0.28 * size.pedicleSpan, 3, 0.38 * size.height], solid * 0.8, [15, side * 14, side * -35]));
    partes.push(...buildPars(frame, behind, [facetX, wall + canal * 0.85, high + 2], [facetX * 0.85, wall + canal * 1.1, -0.42 * size.height], solid, change.parsGapMm ?? 0));
    const tip = size.transverseSpan / 2;
    const from = Math.abs(x) + pw * 0.5;
    const backward = lumbar ? wall + canal * 0.6 : wall + canal * 0.95;
    const process: Vec3 = [(side * (tip + from)) / 2, backward, high * 0.8];
    arch.push(lump(frame, process, [(tip - from) / 2, 4.2, lumbar ? 4.5 : 5.2], solid * 0.8, [0, side * (lumbar ? 4 : -6), side * (lumbar ? 8 : 28)]));
  }
  const length = size.spinousLength - canal;
  const spine = subframe(behind, [0, wall + canal, -0.05 * size.height], [-size.spinousSlopeDeg, 0, 0]);
  const tall = lumbar ? 0.42 * size.height : 0.34 * size.height;
  arch.push(ellipsoid(subframe(spine, [0, length / 2, -2]), [lumbar ? 3.6 : 3.2, length / 2, tall], boneOf(solid)));
  arch.push(ellipsoid(subframe(spine, [0, length * 0.85, -3]), [lumbar ? 4.5 : 4, length * 0.16, tall * 0.8], boneOf(solid * 0.6)));
  return { arch, partes };
}

/** The bridge from the upper to the lower articular process; a gap parts it at mid-length. */
function buildPars(above: Frame, below: Frame, from: Vec3, to: Vec3, bone: number, gapMm: number): Primitive[] {
  const [start, end] = [placeIn(above, from), placeIn(below, to)];
  const options = { radius: [5, 4.2], wall: boneOf(bone), towards: above.y } as const;
  if (gapMm === 0) return tube([start, end], options);
  const length = Math.sqrt(end.reduce((sum, e, i) => sum + (e - start[i]!) ** 2, 0));
  const share = Math.min(0.4, gapMm / 2 / length);
  return [...tube([start, mix(start, end, 0.5 - share)], options), ...tube([mix(start, end, 0.5 + share), end], options)];
}

/** Both endplates sink in the middle: the lost height is the depth of both hollows. */
function hollowEndplates(placed: PlacedVertebra, body: Primitive, subject: Subject): Primitive[] {
  const { size, frame, change } = placed;
  const depth = (change.fracture!.loss * size.height) / 2;
  return ([1, -1] as const).flatMap((end) => {
    const { z } = endplateLine(placed, end);
    const hollow = (mm: number, bone: number): Primitive => {
      const cap = ellipsoid(subframe(frame, [0, -1, z]), [size.upperWidth * 0.44 + mm, size.upperDepth * 0.46 + mm, depth + mm], boneOf(bone));
      return { ...cap, quadrics: [...cap.quadrics, ...body.quadrics], cuts: body.cuts };
    };
    return [hollow(1, cortical - subject.trabecular), hollow(0, -cortical)];
  });
}

function lump(frame: Frame, at: Vec3, half: Vec3, bone: number, turnDeg: Vec3): Primitive {
  return ellipsoid(subframe(frame, at, turnDeg), half, boneOf(bone));
}
