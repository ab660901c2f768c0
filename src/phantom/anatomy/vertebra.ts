import { atan } from "../../base/index.js";
import { boneOf, cutAt, ellipsoid, type HalfSpace, type Primitive } from "../projection/primitive.js";
import { subframe } from "../projection/vector.js";
import { endplateLine, posteriorWall, type PlacedVertebra } from "./alignment.js";
import { buildDegeneration } from "./degeneration.js";
import { buildLesion } from "./lesion.js";
import type { Subject } from "./subject.js";
import { buildArch } from "./vertebral-arch.js";

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

/** The body's own cortex is about half as thick as that of the arch: 0.3 to 0.6 mm (Ritzel et al. 1997, J Bone Miner Res 12:89). */
const bodyCortex = (subject: Subject, level: string): number => subject.cortexMm * (level.startsWith("C") ? 0.4 : 0.5);

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
  const cuts = [...endplateCuts(placed, insetMm * 1.4), cutAt(frame, [0, posteriorWall(size) - insetMm * 0.7, 0], [0, 1, 0])];
  const reach = Math.max(upper, lower) * 1.2 + 1;
  const tallest = Math.max(...([1, -1] as const).map((end) => half + Math.abs(endplateLine(placed, end).slope) * reach));
  return {
    quadrics: [{ frame, q: [1 / (a * a), 1 / (b * b), -k], g: -g }],
    cuts,
    half: [reach, reach, tallest],
    material: boneOf(bone),
  };
}

/** Builds the body with its sunken endplates, the arch, and what a condition adds. */
export function buildVertebra(placed: PlacedVertebra, subject: Subject): VertebraParts {
  const body = vertebralBody(placed, 0, cortical);
  const marrow = vertebralBody(placed, bodyCortex(subject, placed.level), subject.trabecular - cortical);
  const hollows = hollowEndplates(placed, { body, marrow });
  const { arch, partes } = buildArch(placed, subject);
  const lesion = placed.change.lesion ? buildLesion(placed, placed.change.lesion, { body, marrow, subject }) : [];
  const worn = [...buildDegeneration(placed, body), ...impactedBone(placed, body)];
  return { level: placed.level, body, arch, partes, lesion, all: [body, marrow, ...hollows, ...arch, ...partes, ...lesion, ...worn] };
}

/**
 * Both endplates sink in the middle: by some millimetre in a healthy body (van der Houwen et al. 2010, Ann Biomed Eng 38:33),
 * by half of the lost height each in a biconcave fracture.
 */
function hollowEndplates(placed: PlacedVertebra, { body, marrow }: { body: Primitive; marrow: Primitive }): Primitive[] {
  const { size, frame, change } = placed;
  const crushed = change.fracture?.kind === "biconcave" ? (change.fracture.loss * size.height) / 2 : 0;
  const depth = Math.max(0.055 * size.height, crushed);
  const plate = crushed > 0 ? 1.2 : 0.6;
  return ([1, -1] as const).flatMap((end) => {
    const { slope, z } = endplateLine(placed, end);
    const lens = (mm: number, bone: number, inside: Primitive): Primitive => {
      const at = subframe(frame, [0, -1, z - slope], [(atan(slope) * 180) / Math.PI, 0, 0]);
      const cap = ellipsoid(at, [size.upperWidth * 0.42 + mm, size.upperDepth * 0.42 + mm, depth + mm], boneOf(bone));
      return { ...cap, quadrics: [...cap.quadrics, ...inside.quadrics], cuts: inside.cuts };
    };
    // Bone within the hollow goes, cortex outside of the marrow with it; a new plate lies in the marrow under it.
    return [lens(0, -cortical, body), lens(plate, -marrow.material.bone, marrow)];
  });
}

/** Bone driven together under the upper endplate of a wedge or crush fracture: a dense band (Genant et al. 1993, J Bone Miner Res 8:1137). */
function impactedBone(placed: PlacedVertebra, body: Primitive): Primitive[] {
  const { size, frame, change } = placed;
  if (change.fracture === undefined || change.fracture.kind === "biconcave") return [];
  const { slope, z } = endplateLine(placed, 1);
  const at = subframe(frame, [0, -size.upperDepth * 0.12, z - slope * size.upperDepth * 0.12], [(atan(slope) * 180) / Math.PI, 0, 0]);
  const band = ellipsoid(at, [size.upperWidth * 0.46, size.upperDepth * 0.42, 3.5 + 4 * change.fracture.loss], boneOf(0.1 + 0.25 * change.fracture.loss));
  return [{ ...band, quadrics: [...band.quadrics, ...body.quadrics], cuts: body.cuts }];
}
