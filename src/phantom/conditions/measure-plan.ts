import { placeSpine, type CoronalShape, type PlacedVertebra } from "../anatomy/alignment.js";
import type { Level } from "../anatomy/dimensions.js";
import type { SpinePlan } from "../anatomy/plan.js";
import type { Subject } from "../anatomy/subject.js";
import { frontalView, lateralView, type Raster } from "../projection/view.js";
import { measureCobb } from "../truth/cobb.js";
import { projectBody } from "../truth/endplates.js";
import { measureSlip } from "../truth/slip.js";

const millimeters: Raster = { width: 1, height: 1, spacingMm: 1, leftMm: 0, topMm: 0 };

/** C7 to L5: the levels a Cobb angle is measured on, lowest first. */
export function cobbLevels<T extends { readonly level: string }>(spine: readonly T[]): T[] {
  return spine.filter(({ level }) => level !== "S1" && !/^C[3-6]$/.test(level));
}

/** Scales a shape until its Cobb angle on a parallel frontal view is the wanted one, to 0.02 degrees. */
export function bendTo(subject: Subject, shapeOf: (amount: number) => CoronalShape, targetDeg: number, start: number): CoronalShape {
  let amount = start;
  for (let i = 0; i < 20; i++) {
    const shape = shapeOf(amount);
    const spine = placeSpine(subject, { shape, changes: {}, lordosisChangeDeg: 0 });
    const view = frontalView(spine[0]!.frame.origin, Infinity);
    const { angleDeg } = measureCobb(cobbLevels(spine).map((placed) => projectBody(placed, view, millimeters)));
    if (Math.abs(angleDeg - targetDeg) < 0.02) return shape;
    amount *= Math.min(2, Math.max(0.2, targetDeg / Math.max(angleDeg, 1e-6)));
  }
  return shapeOf(amount);
}

/** Sets a level's slip so that, measured on a parallel lateral view, it is the given share of the endplate below. */
export function slipTo(subject: Subject, plan: SpinePlan, level: Level, share: number): SpinePlan {
  let result = plan;
  let slipMm = share * 35;
  for (let i = 0; i < 8; i++) {
    result = { ...plan, changes: { ...plan.changes, [level]: { ...plan.changes[level], slipMm } } };
    const spine = placeSpine(subject, result);
    const slip = slipOf(spine, level);
    if (Math.abs(slip.share - share) < 0.002) break;
    slipMm += ((share - slip.share) * slip.slipMm) / (Math.abs(slip.share) < 0.01 ? slip.slipMm / 35 || 1 : slip.share);
  }
  return result;
}

function slipOf(spine: readonly PlacedVertebra[], level: Level) {
  const at = spine.findIndex((v) => v.level === level);
  const view = lateralView(spine[at]!.frame.origin, Infinity);
  const [upper, lower] = [spine[at]!, spine[at - 1]!].map((v) => projectBody(v, view, millimeters));
  return measureSlip(upper!, lower!, 1);
}
