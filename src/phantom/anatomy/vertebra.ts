import { boneOf, cutAt, cylinder, ellipsoid, type HalfSpace, type Primitive } from "../projection/primitive.js";
import { subframe, type Frame, type Vec3 } from "../projection/vector.js";
import type { PlacedVertebra } from "./alignment.js";
import type { Subject } from "./subject.js";

/** A vertebra as solids, with the outline that its mask is drawn from. */
export interface VertebraParts {
  readonly body: Primitive;
  readonly posterior: readonly Primitive[];
  readonly all: readonly Primitive[];
}

/** Half height of the body at a depth y: the endplates diverge to the front by the wedge. */
function endplateCuts(placed: PlacedVertebra, insetMm: number): HalfSpace[] {
  const half = placed.size.height / 2 - insetMm;
  const slope = Math.tan((placed.wedgeDeg * Math.PI) / 360);
  const n = 1 / Math.sqrt(1 + slope * slope);
  return [
    cutAt(placed.frame, [0, 0, half], [0, slope * n, n]),
    cutAt(placed.frame, [0, 0, -half], [0, slope * n, -n]),
  ];
}

/**
 * A waisted, tapered body: x²/a² + y²/b² <= 1 + 2 g z + k z², cut by the endplates and the posterior wall.
 * @param insetMm how far the surface lies within the outer one, for the marrow inside the cortex
 */
export function vertebralBody(placed: PlacedVertebra, insetMm: number, bone: number): Primitive {
  const { size, frame } = placed;
  const half = size.height / 2;
  const waist = 0.9;
  const upper = size.upperWidth / 2;
  const lower = size.lowerWidth / 2;
  const a = (waist * (upper + lower)) / 2 - insetMm;
  const b = (waist * 0.56 * (size.upperDepth + size.lowerDepth)) / 2 - insetMm;
  // Matches both endplate widths: (upper/a)² = 1 + 2 g h + k h², (lower/a)² = 1 - 2 g h + k h².
  const outer = (waist * (upper + lower)) / 2;
  const up = (upper * upper) / (outer * outer);
  const low = (lower * lower) / (outer * outer);
  const g = (up - low) / (4 * half);
  const k = ((up + low) / 2 - 1) / (half * half);
  const cuts = [...endplateCuts(placed, insetMm * 1.1), cutAt(frame, [0, 0.44 * size.lowerDepth - insetMm, 0], [0, 1, 0])];
  const reach = Math.max(upper, lower) + 1;
  return {
    quadrics: [{ frame, q: [1 / (a * a), 1 / (b * b), -k], g: -g }],
    cuts,
    half: [reach, reach, half + Math.abs(Math.tan((placed.wedgeDeg * Math.PI) / 360)) * reach],
    material: boneOf(bone),
  };
}

/** Builds body, pedicles, facets, laminae, transverse and spinous processes. */
export function buildVertebra(placed: PlacedVertebra, subject: Subject): VertebraParts {
  const { size, frame, level } = placed;
  const lumbar = level.startsWith("L");
  const cervical = level.startsWith("C");
  const cortex = subject.cortexMm * (cervical ? 0.7 : 1);
  const solid = 0.3 + subject.trabecular;
  const body = vertebralBody(placed, 0, 0.85);
  const parts: Primitive[] = [vertebralBody(placed, cortex, subject.trabecular - 0.85)];
  const wall = 0.44 * size.lowerDepth;
  const canal = lumbar ? 16 : 14;
  for (const side of [-1, 1]) {
    const x = (side * size.pedicleSpan) / 2;
    const high = 0.18 * size.height;
    const root = subframe(frame, [x, wall + canal * 0.4, high], [90, 0, side * (lumbar ? -8 : -3)]);
    const [pw, ph] = [size.pedicleWidth / 2, size.pedicleHeight / 2];
    parts.push(cylinder(root, [pw, ph, canal * 0.55], boneOf(0.85)));
    parts.push(cylinder(root, [pw - cortex, ph - cortex, canal * 0.55], boneOf(subject.trabecular - 0.85)));
    // Articular processes: the upper one beside the pedicle, the lower one behind it.
    const facetX = x * (lumbar ? 1.15 : 1);
    parts.push(lump(frame, [facetX, wall + canal * 0.95, high + 0.42 * size.height], [4, 4.5, 0.3 * size.height], solid, [10, 0, 0]));
    parts.push(lump(frame, [facetX * 0.82, wall + canal * 1.1, -0.5 * size.height], [4, 4, 0.34 * size.height], solid, [8, 0, 0]));
    parts.push(lump(frame, [x * 0.62, wall + canal * 1.05, -0.12 * size.height], [0.3 * size.pedicleSpan, 3, 0.4 * size.height], solid * 0.8, [15, side * 14, side * -35]));
    const tip = size.transverseSpan / 2;
    const from = Math.abs(x) + pw * 0.5;
    const backward = lumbar ? wall + canal * 0.6 : wall + canal * 0.95;
    parts.push(lump(frame, [(side * (tip + from)) / 2, backward, high * 0.8], [(tip - from) / 2, 4.2, lumbar ? 4.5 : 5.2], solid * 0.8, [0, side * (lumbar ? 4 : -6), side * (lumbar ? 8 : 28)]));
  }
  const length = size.spinousLength - canal;
  const slope = size.spinousSlopeDeg;
  const spine = subframe(frame, [0, wall + canal, -0.05 * size.height], [-slope, 0, 0]);
  const tall = lumbar ? 0.42 * size.height : 0.34 * size.height;
  parts.push(ellipsoid(subframe(spine, [0, length / 2, -2]), [lumbar ? 3.6 : 3.2, length / 2, tall], boneOf(solid)));
  parts.push(ellipsoid(subframe(spine, [0, length * 0.85, -3]), [lumbar ? 4.5 : 4, length * 0.16, tall * 0.8], boneOf(solid * 0.6)));
  return { body, posterior: parts.slice(1), all: [body, ...parts] };
}

function lump(frame: Frame, at: Vec3, half: Vec3, bone: number, turnDeg: Vec3): Primitive {
  return ellipsoid(subframe(frame, at, turnDeg), half, boneOf(bone));
}
