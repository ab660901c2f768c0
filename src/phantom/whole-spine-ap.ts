import { InputError, seededRandom } from "../base/index.js";
import { drawMarker } from "./acquisition/marker.js";
import { expose, type Exposure } from "./acquisition/expose.js";
import { processForDisplay, type Processing } from "./acquisition/process.js";
import { placeSpine, type CoronalShape, type PlacedVertebra } from "./anatomy/alignment.js";
import { buildPelvis } from "./anatomy/pelvis.js";
import { sampleSubject, type Subject } from "./anatomy/subject.js";
import { buildThorax } from "./anatomy/thorax.js";
import { buildTrunk } from "./anatomy/trunk.js";
import { buildVertebra, type VertebraParts } from "./anatomy/vertebra.js";
import { sampleCurve, scolioticShape, unevenShape, type CurveType } from "./conditions/scoliosis.js";
import type { Primitive } from "./projection/primitive.js";
import { paintSilhouette, projectScene } from "./projection/project.js";
import { frontalView, type Raster, type View } from "./projection/view.js";
import { measureCobb, type CobbAngle } from "./truth/cobb.js";
import { projectBody, type ProjectedBody } from "./truth/endplates.js";

export type WholeSpineCondition = "normal" | "scoliosis";

export interface WholeSpineOptions {
  readonly seed: number | string;
  /** Number of the patient; (seed, index, visit) names the image. */
  readonly index: number;
  /** Number of the visit: same anatomy and curve, another exposure, position and bowel gas. */
  readonly visit?: number;
  readonly condition: WholeSpineCondition;
  /** Height of the image in pixels; the width follows from the collimation. 16 to 4,096. */
  readonly size?: number;
  /** Range the Cobb angle is drawn from. Scoliosis is 10 degrees or more. */
  readonly cobbDeg?: readonly [number, number];
  readonly curveType?: CurveType;
  /** Image width / height range; the same for every condition. */
  readonly aspect?: readonly [number, number];
}

/** All that is needed to know of an image's making. */
export interface WholeSpineParameters {
  readonly seed: number | string;
  readonly index: number;
  readonly visit: number;
  readonly subject: Subject;
  readonly exposure: Exposure;
  readonly processing: Processing;
  readonly marker: "L" | "R" | "none";
}

export interface WholeSpineTruth {
  readonly label: WholeSpineCondition;
  readonly patientId: string;
  readonly visit: number;
  readonly cobb: CobbAngle;
  readonly curveType: CurveType | "none";
  readonly spacingMm: readonly [number, number];
  /** Bodies from S1 to C3, with projected endplates; those off the image included. */
  readonly bodies: readonly ProjectedBody[];
  /** Vertebral bodies, [H, W]: 0 none, else 1 + the index in `bodies`. */
  readonly bodyLabels: Uint8Array;
  /** 0 or 255, [H, W]: the whole column C7 to S1 with its arches; in scoliosis the curve from end to end vertebra. */
  readonly region: Uint8Array;
  /** 0 or 255, [H, W]: the apical vertebra and its two neighbors; in a normal spine the whole column. */
  readonly apex: Uint8Array;
  readonly parameters: WholeSpineParameters;
}

export interface WholeSpineImage {
  /** Display values 0..1 with bone bright, [H, W] row-major. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly truth: WholeSpineTruth;
}

/**
 * A simulated whole-spine AP radiograph and its truth. The same options give the same pixels on every machine.
 * @throws InputError `phantom-size`, `phantom-cobb`
 */
export function makeWholeSpineAp(options: WholeSpineOptions): WholeSpineImage {
  const { seed, index, condition, visit = 0, size = 448 } = options;
  if (!Number.isInteger(size) || size < 16 || size > 4096) {
    throw new InputError("phantom-size", `size: expected an integer from 16 to 4096 pixels, got ${size}.`);
  }
  const [low, high] = options.cobbDeg ?? (condition === "scoliosis" ? [15, 50] : [0, 6]);
  if (!(low >= 0 && high >= low && high <= 80) || (condition === "scoliosis" ? low < 10 : high >= 10)) {
    throw new InputError("phantom-cobb", `cobbDeg: expected a range within ${condition === "scoliosis" ? "10..80" : "0..10"} degrees for ${condition}, got ${low}..${high}.`);
  }
  const person = seededRandom("whole-spine", seed, index, "person");
  const session = seededRandom("whole-spine", seed, index, "visit", visit);
  const subject = sampleSubject(person);
  const targetDeg = person.between(low, high);
  const plan = sampleCurve(person, options.curveType);
  const uneven = unevenShape(person);
  const shapeOf = (amount: number): CoronalShape => (condition === "scoliosis" ? scolioticShape(plan, amount) : uneven(amount));
  const spine = bendTo(subject, shapeOf, targetDeg, condition === "scoliosis" ? 0.3 : 1);

  const framing = frameImage(spine, session, size, options.aspect ?? [0.3, 0.5]);
  const { view, raster } = framing;
  const parts = spine.slice(1).map((placed) => buildVertebra(placed, subject));
  const trunk = buildTrunk(spine, subject, session);
  const bones = [...parts.flatMap((p) => p.all), ...buildThorax(spine, subject), ...buildPelvis(spine[0]!, subject)];
  const oversample = Math.min(4, Math.max(1, Math.round(raster.spacingMm / 0.8)));
  const paths = projectScene({ lofts: trunk.lofts, primitives: [...trunk.primitives, ...bones] }, view, raster, oversample);

  const exposure: Exposure = {
    quantaPerMm2: Math.exp(session.between(Math.log(2e4), Math.log(1.2e5))),
    scatterShare: session.between(0.15, 0.5),
    blurMm: session.between(0.3, 0.7),
    electronicQuanta: session.between(2, 6),
  };
  const processing: Processing = {
    equalize: session.between(0.35, 0.65),
    edgeGain: session.between(0.3, 1.1),
    detailMm: session.between(3, 6),
    window: [session.between(0.02, 0.06), session.between(0.985, 0.998)],
    gamma: session.between(0.8, 1.25),
  };
  const quanta = expose(paths, exposure, session);
  const openQuanta = exposure.quantaPerMm2 * raster.spacingMm * raster.spacingMm;
  const pixels = processForDisplay(quanta, raster.width, raster.height, { ...processing, spacingMm: raster.spacingMm, openQuanta });
  const marker = addMarker(pixels, raster, session);

  const bodies = spine.map((placed) => projectBody(placed, view, raster));
  const cobb = measureCobb(ofColumn(bodies));
  return {
    pixels,
    width: raster.width,
    height: raster.height,
    truth: {
      label: condition,
      patientId: `P${String(index + 1).padStart(4, "0")}`,
      visit,
      cobb,
      curveType: condition === "scoliosis" ? plan.type : "none",
      spacingMm: [raster.spacingMm, raster.spacingMm],
      bodies,
      ...drawMasks({ spine, parts, cobb, condition, view, raster }),
      parameters: { seed, index, visit, subject, exposure, processing, marker },
    },
  };
}

/** C7 to L5: the levels a Cobb angle is measured on, lowest first. */
function ofColumn<T extends { level: string }>(bodies: readonly T[]): T[] {
  return bodies.filter(({ level }) => level !== "S1" && !/^C[3-6]$/.test(level));
}

/** Scales the shape until the projected Cobb angle is the wanted one (regula falsi, to 0.01 degrees). */
function bendTo(subject: Subject, shapeOf: (amount: number) => CoronalShape, targetDeg: number, start: number): PlacedVertebra[] {
  const raster: Raster = { width: 1, height: 1, spacingMm: 1, leftMm: 0, topMm: 0 };
  const measured = (spine: PlacedVertebra[]): number => {
    const view = frontalView(spine[9]!.frame.origin, 1800);
    return measureCobb(ofColumn(spine).map((placed) => projectBody(placed, view, raster))).angleDeg;
  };
  let amount = start;
  let spine = placeSpine(subject, shapeOf(amount));
  for (let i = 0; i < 12; i++) {
    const angle = measured(spine);
    if (Math.abs(angle - targetDeg) < 0.01) break;
    amount *= Math.min(2, Math.max(0.2, targetDeg / Math.max(angle, 1e-6)));
    spine = placeSpine(subject, shapeOf(amount));
  }
  return spine;
}

function frameImage(spine: readonly PlacedVertebra[], random: ReturnType<typeof seededRandom>, size: number, aspect: readonly [number, number]): { view: View; raster: Raster } {
  const bottom = spine[0]!.frame.origin;
  const top = spine.find((v) => v.level === "C7")!.frame.origin;
  const above = random.between(35, 110);
  const below = random.between(70, 150);
  const heightMm = top[2] - bottom[2] + above + below;
  const spacingMm = heightMm / size;
  const center = spine.slice(1, 19).reduce((sum, v) => sum + v.frame.origin[0] / 18, 0);
  const extent = Math.max(...spine.slice(0, 19).map((v) => Math.abs(v.frame.origin[0] - center))) + 45;
  const width = Math.max(Math.round(size * random.between(aspect[0], aspect[1])), Math.ceil((2 * extent) / spacingMm));
  const mid = spine.find((v) => v.level === "T12")!.frame.origin;
  const view = frontalView([mid[0], mid[1], mid[2]], 1800);
  const shift = random.between(-0.04, 0.04) * width * spacingMm;
  return {
    view,
    raster: { width, height: size, spacingMm, leftMm: center - mid[0] + shift - (width * spacingMm) / 2, topMm: mid[2] - top[2] - above },
  };
}

function addMarker(pixels: Float32Array, raster: Raster, random: ReturnType<typeof seededRandom>): "L" | "R" | "none" {
  if (random.uniform() < 0.35) return "none";
  const letter = random.uniform() < 0.5 ? "L" : "R";
  const heightPx = 14 / raster.spacingMm;
  const edge = random.between(0.07, 0.16) * raster.width;
  drawMarker(pixels, raster.width, raster.height, {
    letter,
    // The patient's left is on the right of the image.
    column: letter === "L" ? raster.width - edge : edge,
    row: random.between(0.04, 0.94) * raster.height,
    heightPx,
    circled: random.uniform() < 0.4,
    value: random.between(0.85, 1),
  });
  return letter;
}

function drawMasks(o: {
  spine: readonly PlacedVertebra[]; parts: readonly VertebraParts[]; cobb: CobbAngle; condition: WholeSpineCondition; view: View; raster: Raster;
}): { bodyLabels: Uint8Array; region: Uint8Array; apex: Uint8Array } {
  const { spine, parts, cobb, condition, view, raster } = o;
  const count = raster.width * raster.height;
  const [bodyLabels, region, apex] = [new Uint8Array(count), new Uint8Array(count), new Uint8Array(count)];
  const indexOf = (level: string): number => spine.findIndex((v) => v.level === level);
  const whole = condition === "normal";
  const [first, last] = whole ? [1, indexOf("C7")] : [indexOf(cobb.lowerEnd), indexOf(cobb.upperEnd)];
  const center = indexOf(cobb.apex);
  parts.forEach(({ body, all }, i) => {
    const at = i + 1;
    paintSilhouette(bodyLabels, body, view, raster, at + 1);
    const paint = (mask: Uint8Array): void => all.forEach((p: Primitive) => paintSilhouette(mask, p, view, raster));
    if (at >= first && at <= last) paint(region);
    if (whole ? at <= last : Math.abs(at - center) <= 1) paint(apex);
  });
  return { bodyLabels, region, apex };
}
