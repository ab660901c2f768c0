import { atan, cos, sin, tan } from "../../base/index.js";
import { add, cross, degrees, dot, normalize, radians, scale, subtract, type Frame, type Vec3 } from "../projection/vector.js";
import { levels, sacrumSize, vertebraSizes, type Level, type VertebraSize } from "./dimensions.js";
import type { LevelChange, SpinePlan } from "./plan.js";
import type { Subject } from "./subject.js";

/** How a vertebra is turned: coronal tilt (to the left, positive), sagittal lean (backward, positive), axial rotation. */
interface Pose {
  readonly tiltDeg: number;
  readonly leanDeg: number;
  readonly rotationDeg: number;
}

/** A vertebra in its place. The frame's origin is the center of the body, z its axis, x to the patient's left. */
export interface PlacedVertebra {
  readonly level: Level;
  readonly frame: Frame;
  /** Size for this subject. The height is the body's mid-height; `discBelow` after degeneration. */
  readonly size: VertebraSize;
  /** Angle between the endplates in the sagittal plane, open to the front where positive. */
  readonly wedgeDeg: number;
  readonly change: LevelChange;
}

/** Where the flat posterior wall of the body lies behind its center. */
export const posteriorWall = (size: VertebraSize): number => 0.44 * size.lowerDepth;

/** How far the front of the body lies before its center, at the upper (+1) or lower (-1) endplate. */
export function anteriorReach(size: VertebraSize, end: 1 | -1): number {
  const share = (end > 0 ? size.upperWidth : size.lowerWidth) / ((size.upperWidth + size.lowerWidth) / 2);
  return 0.28 * (size.upperDepth + size.lowerDepth) * share;
}

/** Slope dz/dy of an endplate in the body's frame, from its wedge and, above, from a wedge fracture; and its height at y = 0. */
export function endplateLine(placed: Pick<PlacedVertebra, "size" | "wedgeDeg" | "change">, end: 1 | -1): { slope: number; z: number } {
  const { size, wedgeDeg, change } = placed;
  const half = size.height / 2;
  const slope = -end * tan(radians(wedgeDeg / 2));
  if (end < 0 || change.fracture?.kind !== "wedge") return { slope, z: end * half };
  // The posterior corner stays; the front comes down by the lost share of the height.
  const [wall, front] = [posteriorWall(size), anteriorReach(size, 1)];
  const lost = change.fracture.loss * size.height;
  const tilted = slope + lost / (wall + front);
  return { slope: tilted, z: half + slope * wall - tilted * wall };
}

/** Coronal tilt and axial rotation as functions of the height above the sacrum in mean vertebral levels (0 = S1, 1 = L5, 17 = T1). */
export interface CoronalShape {
  tiltDeg(index: number): number;
  rotationDeg(index: number): number;
}

const straight: CoronalShape = { tiltDeg: () => 0, rotationDeg: () => 0 };

/** Share of the lumbar lordosis reached below each level, from the disc L5-S1 up (Bernhardt and Bridwell 1989, Spine 14:717). */
const lordosisBelow: Partial<Record<Level, number>> = { S1: 0, L5: 0.36, L4: 0.6, L3: 0.78, L2: 0.91, L1: 1 };

/** Sagittal lean of the axis of a level. */
function sagittalLean(subject: Subject, level: Level): number {
  const { sacralSlopeDeg, lordosisDeg, kyphosisDeg } = subject;
  const share = lordosisBelow[level];
  if (share !== undefined) return -sacralSlopeDeg + share * lordosisDeg;
  const top = -sacralSlopeDeg + lordosisDeg;
  const index = levels.indexOf(level);
  const t12 = levels.indexOf("T12");
  const t4 = levels.indexOf("T4");
  const c7 = levels.indexOf("C7");
  const atT4 = top - kyphosisDeg;
  if (index <= t4) {
    // Kyphosis is spread evenly over T12 to T4, with a short neutral stretch at the thoracolumbar junction.
    const t = (index - t12) / (t4 - t12);
    return top - kyphosisDeg * (0.85 * t + 0.15 * t * t);
  }
  // T1 slopes forward by about 25 degrees; cervical lordosis of about as much holds the head up (Knott et al. 2010, Spine J 10:994).
  if (index <= c7) return atT4 - ((index - t4) / (c7 - t4)) * 5;
  return atT4 - 5 + (index - c7) * 6.5;
}

/** The person's size of a level. */
export function sizeFor(subject: Subject, level: Exclude<Level, "S1">): VertebraSize {
  const mean = vertebraSizes[level];
  const width = subject.boneWidth * (0.5 + 0.5 * subject.stature);
  const narrowing = 1 - 0.45 * subject.degeneration;
  const { upperWidth, lowerWidth, upperDepth, lowerDepth } = mean;
  return {
    upperWidth: upperWidth * width,
    lowerWidth: lowerWidth * width,
    upperDepth: upperDepth * width,
    lowerDepth: lowerDepth * width,
    height: mean.height * subject.stature,
    discBelow: mean.discBelow * subject.stature * narrowing,
    pedicleWidth: mean.pedicleWidth * width,
    pedicleHeight: mean.pedicleHeight * subject.stature,
    pedicleSpan: mean.pedicleSpan * width,
    transverseSpan: mean.transverseSpan * width,
    spinousLength: mean.spinousLength * width,
    spinousSlopeDeg: mean.spinousSlopeDeg,
  };
}

/** A spine without findings. */
export const plainPlan: SpinePlan = { shape: straight, changes: {}, lordosisChangeDeg: 0 };

/**
 * Stacks the vertebrae on the sacrum: body, half the bend, disc, half the bend, body, with posterior walls in line unless
 * one slips. The center of the sacral endplate is the origin.
 */
export function placeSpine(subject: Subject, plan: SpinePlan = plainPlan): PlacedVertebra[] {
  const person: Subject = { ...subject, lordosisDeg: subject.lordosisDeg + plan.lordosisChangeDeg };
  const placed: PlacedVertebra[] = [];
  let top: Vec3 = [0, 0, 0];
  let below: PlacedVertebra | undefined;
  let stoop = 0;
  for (const [index, level] of levels.entries()) {
    const change = plan.changes[level] ?? {};
    const lean = sagittalLean(person, level);
    const pose = { tiltDeg: plan.shape.tiltDeg(index), leanDeg: lean - stoop, rotationDeg: plan.shape.rotationDeg(index) };
    const turned = poseFrame([0, 0, 0], pose);
    if (below === undefined) {
      const size = sacrumTop(person);
      below = { level, frame: { ...turned, origin: scale(turned.z, -size.height / 2) }, size, wedgeDeg: 0, change };
      placed.push(below);
      continue;
    }
    const size = changedSize(sizeFor(person, level as Exclude<Level, "S1">), change);
    const between = normalize(add(below.frame.z, turned.z));
    const forward = posteriorWall(size) - posteriorWall(below.size) + (change.slipMm ?? 0);
    const base = add(add(top, scale(between, size.discBelow)), scale(below.frame.y, -forward));
    const above = levels[index + 1];
    const bend = above === undefined ? 0 : sagittalLean(person, above) - lean;
    // A share of the bend between neighbors lies in the bodies: L5 is wedged most, thoracic bodies open backward.
    const wedgeDeg = (index <= 5 ? Math.max(0, bend) * 0.35 : bend * 0.35) + (change.trapezoidDeg ?? 0);
    const next: PlacedVertebra = { level, frame: { ...turned, origin: add(base, scale(turned.z, size.height / 2)) }, size, wedgeDeg, change };
    placed.push(next);
    const upper = endplateLine(next, 1);
    top = add(next.frame.origin, scale(turned.z, upper.z));
    // A spine above a wedge stoops; the discs make up for a third of it.
    stoop += degrees(atan(upper.slope) - atan(-tan(radians(wedgeDeg / 2)))) * 0.67;
    below = next;
  }
  return placed;
}

function changedSize(size: VertebraSize, change: LevelChange): VertebraSize {
  const crushed = change.fracture?.kind === "crush" ? 1 - change.fracture.loss : 1;
  return { ...size, height: size.height * crushed, discBelow: size.discBelow * (change.discShare ?? 1) };
}

function sacrumTop(subject: Subject): VertebraSize {
  const width = subject.boneWidth * (0.5 + 0.5 * subject.stature);
  return {
    ...sizeFor(subject, "L5"),
    upperWidth: sacrumSize.upperWidth * width,
    lowerWidth: sacrumSize.upperWidth * 0.8 * width,
    upperDepth: sacrumSize.upperDepth * width,
    lowerDepth: sacrumSize.upperDepth * 0.96 * width,
    height: 28 * subject.stature,
  };
}

/** The frame of a pose at a point: z leans by tilt and lean, then x and y turn about z. */
function poseFrame(origin: Vec3, pose: Pose): Frame {
  const z = normalize([tan(radians(pose.tiltDeg)), tan(radians(pose.leanDeg)), 1]);
  const x0 = normalize(subtract([1, 0, 0], scale(z, dot([1, 0, 0], z))));
  const y0 = cross(z, x0);
  const [c, s] = [cos(radians(pose.rotationDeg)), sin(radians(pose.rotationDeg))];
  const x = add(scale(x0, c), scale(y0, s));
  return { origin, x, y: cross(z, x), z };
}
