import { cross, dot, normalize, radians, scale, subtract, add, type Frame, type Vec3 } from "../projection/vector.js";
import { levels, sacrumSize, vertebraSizes, type Level, type VertebraSize } from "./dimensions.js";
import type { Subject } from "./subject.js";

/** How a vertebra is turned: coronal tilt (to the left, positive), sagittal lean (backward, positive), axial rotation. */
export interface Pose {
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
}

/** Coronal tilt and axial rotation as functions of the height above the sacrum in mean vertebral levels (0 = S1, 1 = L5, 17 = T1). */
export interface CoronalShape {
  tiltDeg(index: number): number;
  rotationDeg(index: number): number;
}

export const straight: CoronalShape = { tiltDeg: () => 0, rotationDeg: () => 0 };

/** Share of the lumbar lordosis reached below each level, from the disc L5-S1 up (Bernhardt and Bridwell 1989, Spine 14:717). */
const lordosisBelow: Partial<Record<Level, number>> = { S1: 0, L5: 0.36, L4: 0.6, L3: 0.78, L2: 0.91, L1: 1 };

/** Sagittal lean of the axis of a level. */
export function sagittalLean(subject: Subject, level: Level): number {
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
  if (index <= c7) return atT4 - ((index - t4) / (c7 - t4)) * 8;
  return atT4 - 8 + (index - c7) * 4.5;
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

/** Stacks the vertebrae on the sacrum: body, half the bend, disc, half the bend, body. The center of the sacral endplate is the origin. */
export function placeSpine(subject: Subject, shape: CoronalShape = straight): PlacedVertebra[] {
  const placed: PlacedVertebra[] = [];
  let top: Vec3 = [0, 0, 0];
  let before: Frame | undefined;
  for (const [index, level] of levels.entries()) {
    const lean = sagittalLean(subject, level);
    const pose = { tiltDeg: shape.tiltDeg(index), leanDeg: lean, rotationDeg: shape.rotationDeg(index) };
    if (level === "S1") {
      const frame = poseFrame(top, pose);
      const width = subject.boneWidth * (0.5 + 0.5 * subject.stature);
      const size: VertebraSize = {
        ...sizeFor(subject, "L5"),
        upperWidth: sacrumSize.upperWidth * width,
        lowerWidth: sacrumSize.upperWidth * 0.8 * width,
        upperDepth: sacrumSize.upperDepth * width,
        lowerDepth: sacrumSize.upperDepth * 0.7 * width,
        height: 28 * subject.stature,
      };
      placed.push({ level, frame: { ...frame, origin: add(top, scale(frame.z, -size.height / 2)) }, size, wedgeDeg: 0 });
      before = frame;
      continue;
    }
    const size = sizeFor(subject, level);
    const turned = poseFrame([0, 0, 0], pose);
    const between = normalize(add(before!.z, turned.z));
    const base = add(top, scale(between, size.discBelow));
    const origin = add(base, scale(turned.z, size.height / 2));
    const above = levels[index + 1];
    const bend = above === undefined ? 0 : sagittalLean(subject, above) - lean;
    // A share of the bend between neighbors lies in the bodies: L5 is wedged most, thoracic bodies open backward.
    const wedgeDeg = index <= 5 ? Math.max(0, bend) * 0.35 : bend * 0.35;
    placed.push({ level, frame: { ...turned, origin }, size, wedgeDeg });
    top = add(base, scale(turned.z, size.height));
    before = turned;
  }
  return placed;
}

/** The frame of a pose at a point: z leans by tilt and lean, then x and y turn about z. */
export function poseFrame(origin: Vec3, pose: Pose): Frame {
  const z = normalize([Math.tan(radians(pose.tiltDeg)), Math.tan(radians(pose.leanDeg)), 1]);
  const x0 = normalize(subtract([1, 0, 0], scale(z, dot([1, 0, 0], z))));
  const y0 = cross(z, x0);
  const [c, s] = [Math.cos(radians(pose.rotationDeg)), Math.sin(radians(pose.rotationDeg))];
  const x = add(scale(x0, c), scale(y0, s));
  return { origin, x, y: cross(z, x), z };
}
