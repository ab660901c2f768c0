import { InputError, seededRandom, type Random } from "../base/index.js";
import { drawRuler, drawStroke } from "./acquisition/drawing.js";
import { expose, transmission } from "./acquisition/expose.js";
import { addGridLines, collimate, photographFilm } from "./acquisition/film.js";
import { drawMarker } from "./acquisition/marker.js";
import { buildObject, objectNames, type ObjectName } from "./acquisition/objects.js";
import { processForDisplay } from "./acquisition/process.js";
import { sampleAcquisition, type Acquisition } from "./acquisition/style.js";
import { placeSpine, type PlacedVertebra } from "./anatomy/alignment.js";
import { buildPelvis } from "./anatomy/pelvis.js";
import { sampleSubject, type Subject, type SubjectRange } from "./anatomy/subject.js";
import { buildThorax } from "./anatomy/thorax.js";
import { buildTrunk } from "./anatomy/trunk.js";
import { buildVertebra } from "./anatomy/vertebra.js";
import { sampleWear } from "./anatomy/wear.js";
import type { ConditionResult, Posture, ViewName } from "./conditions/contract.js";
import { conditions, type ConditionName } from "./conditions/index.js";
import { bendTo, cobbLevels } from "./conditions/measure-plan.js";
import { unevenShape, type CurveType } from "./conditions/scoliosis-curve.js";
import { frameImage, usualAspect } from "./framing.js";
import { projectScene, type PathLengths } from "./projection/project.js";
import { frontalView, pixelOf, type Raster, type View } from "./projection/view.js";
import { measureCobb, type CobbAngle } from "./truth/cobb.js";
import { projectBody, type ProjectedBody } from "./truth/endplates.js";
import { drawMasks, levelsBetween, type RelevantRegion, type TruthMasks } from "./truth/masks.js";
import { measureSlip, type Slip } from "./truth/slip.js";

export interface RadiographOptions {
  /** (seed, index, visit) names the image; (seed, index) the person and the finding. */
  readonly seed: number | string;
  readonly index: number;
  /** Same anatomy and finding, another exposure, position and bowel gas. */
  readonly visit?: number;
  readonly condition: ConditionName;
  readonly view?: ViewName;
  readonly posture?: Posture;
  /** 1 is the mildest of the condition's grades; drawn where left out. */
  readonly grade?: number;
  /** Range the Cobb angle is drawn from: scoliosis 10 or more, else below 10. */
  readonly cobbDeg?: readonly [number, number];
  readonly curveType?: CurveType;
  readonly people?: SubjectRange;
  /** Height of the image in pixels, 16 to 4,096; the width follows from the collimation. */
  readonly size?: number;
  /** Range of width / height. */
  readonly aspect?: readonly [number, number];
  /** Images of one hospital share processing, grid and marker. */
  readonly hospital?: string;
  readonly marker?: "L" | "R" | "none";
  /** Anywhere along an edge, or always near the top. */
  readonly markerPlace?: "anywhere" | "top";
  readonly objects?: readonly ObjectName[];
  /** A centimetre ruler, or lines along the endplates of the measured curve. */
  readonly drawn?: readonly ("ruler" | "cobb-lines")[];
  /** Where a reader looks to call a spine normal; the column where left out. A finding has its own region. */
  readonly relevant?: RelevantRegion;
  /** Replaces single choices of the acquisition. */
  readonly acquisition?: Partial<Acquisition>;
}

export interface RadiographTruth extends TruthMasks {
  readonly label: ConditionName;
  readonly grade: string;
  readonly level: string | undefined;
  readonly patientId: string;
  readonly visit: number;
  readonly view: ViewName;
  readonly posture: Posture;
  /** On frontal views measured as projected there, else on a parallel frontal view of the same spine. */
  readonly cobb: CobbAngle;
  readonly curveType: CurveType | "none";
  /** Slips of L3 to L5, measured as projected on lateral views; empty on frontal ones. */
  readonly slips: readonly Slip[];
  readonly spacingMm: readonly [number, number];
  /** Bodies from S1 to C3 with projected endplates; those off the image included. */
  readonly bodies: readonly ProjectedBody[];
  readonly relevant: RelevantRegion;
  readonly parameters: {
    readonly options: RadiographOptions;
    readonly subject: Subject;
    readonly acquisition: Acquisition;
    readonly openQuantaPerMm2: number;
    readonly marker: "L" | "R" | "none";
    readonly objects: readonly ObjectName[];
    readonly plan: ConditionResult["plan"]["changes"];
  };
}

export interface SimulatedRadiograph {
  /** Display values 0..1, [H, W] row-major; bone bright unless shown inverted. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly truth: RadiographTruth;
}

/**
 * A simulated radiograph and its truth: a spine in three dimensions, projected, exposed and processed. The same options
 * give the same pixels on every machine.
 * @throws InputError `phantom-size`, `phantom-cobb`, `phantom-view`, `phantom-grade`
 */
export function makeRadiograph(options: RadiographOptions): SimulatedRadiograph {
  const posed = poseRadiograph(options);
  const { index, condition: label, visit = 0, posture = "neutral" } = options;
  const { subject, finding, spine, view, viewName, raster, session } = posed;
  const parts = spine.slice(1).map((placed) => buildVertebra(placed, subject));
  const trunk = buildTrunk(spine, subject, session.fork("trunk"));
  const objects = options.objects ?? objectNames.filter((name) => name !== "implants" && session.uniform() < 0.03);
  const metal = objects.flatMap((name) => buildObject(name, spine, session.fork(name)));
  const bones = [...parts.flatMap((p) => p.all), ...buildThorax(spine, subject), ...buildPelvis(spine[0]!, subject), ...metal];
  // Rays through bone at most 1.5 mm apart: the thinnest walls are about as thick.
  const oversample = Math.min(4, Math.max(1, Math.ceil(raster.spacingMm / 1.5)));
  const paths = projectScene({ lofts: trunk.lofts, primitives: [...trunk.primitives, ...bones] }, view, raster, oversample);

  const acquisition: Acquisition = { ...sampleAcquisition(session.fork("acquisition"), viewName, options.hospital), ...options.acquisition };
  const openQuantaPerMm2 = acquisition.detectorQuantaPerMm2 / spineTransmission(paths, spine, view);
  const pixels = takeImage(paths, acquisition, openQuantaPerMm2, session.fork("noise"));
  const bodies = spine.map((placed) => projectBody(placed, view, raster));
  const frontal = viewName.endsWith("ap");
  const cobb = frontal ? measureCobb(cobbLevels(bodies)) : frontalCobb(spine);
  if (acquisition.film) photographFilm(pixels, raster.width, raster.height, session.fork("film"));
  if (acquisition.inverted) for (let i = 0; i < pixels.length; i++) pixels[i] = 1 - pixels[i]!;
  const marker = addMarker(pixels, raster, session.fork("marker"), options, acquisition);
  for (const drawing of options.drawn ?? []) {
    if (drawing === "ruler") drawRuler(pixels, raster.width, raster.height, { spacingMm: raster.spacingMm, column: raster.width * 0.94, value: 0.95 });
    else drawCobbLines(pixels, raster, bodies, cobb);
  }

  const slips = frontal ? [] : [1, 2, 3].map((i) => measureSlip(bodies[i]!, bodies[i - 1]!, raster.spacingMm));
  const slipped = slips.find(({ level }) => level === finding.level);
  const relevant = finding.relevant ?? options.relevant ?? { kind: "column" as const, levels: finding.curveType === undefined ? columnLevels(spine, viewName) : levelsBetween(spine, cobb.lowerEnd, cobb.upperEnd) };
  return {
    pixels,
    width: raster.width,
    height: raster.height,
    truth: {
      label,
      grade: label.endsWith("spondylolisthesis") && slipped !== undefined ? `Meyerding ${slipped.meyerding}` : finding.grade,
      level: finding.level,
      patientId: `P${String(index + 1).padStart(4, "0")}`,
      visit,
      view: viewName,
      posture,
      cobb,
      curveType: finding.curveType ?? "none",
      slips,
      spacingMm: [raster.spacingMm, raster.spacingMm],
      bodies,
      relevant,
      ...drawMasks({ spine, parts, view, raster, relevant }),
      parameters: { options, subject, acquisition, openQuantaPerMm2, marker, objects, plan: finding.plan.changes },
    },
  };
}

/** The person, the spine in its place and the geometry of the image: what truth is measured on, before any ray is traced. */
export function poseRadiograph(options: RadiographOptions) {
  const { seed, index, condition: label, visit = 0, view: viewName = "whole-spine-ap", posture = "neutral", size = 448 } = options;
  checkOptions(options);
  const person = seededRandom("radiograph", seed, index);
  const session = seededRandom("radiograph", seed, index, "visit", visit, viewName, posture);
  const subject = sampleSubject(person.fork("subject"), options.people ?? conditions[label].people);
  const finding = planFinding(options, subject, person);
  const bending = posture === "flexion" ? -24 : posture === "extension" ? 12 : 0;
  const plan = { ...finding.plan, lordosisChangeDeg: finding.plan.lordosisChangeDeg + bending };
  const spine = placeSpine(subject, plan);
  const { view, raster } = frameImage(spine, session.fork("frame"), { view: viewName, size, aspect: options.aspect ?? usualAspect[viewName] });
  return { subject, finding, spine, view, viewName, raster, session };
}

function checkOptions({ condition: label, size = 448, cobbDeg, view = "whole-spine-ap", grade }: RadiographOptions): void {
  if (!Number.isInteger(size) || size < 16 || size > 4096) {
    throw new InputError("phantom-size", `size: expected an integer from 16 to 4096 pixels, got ${size}.`);
  }
  const [least, most] = label === "scoliosis" ? [10, 80] : [0, 10];
  if (cobbDeg !== undefined && !(cobbDeg[0] >= least && cobbDeg[1] >= cobbDeg[0] && cobbDeg[1] <= most)) {
    throw new InputError("phantom-cobb", `cobbDeg: expected a range within ${least}..${most} degrees for ${label}, got ${cobbDeg.join("..")}.`);
  }
  const { views, grades } = conditions[label];
  if (!(views).includes(view)) {
    throw new InputError("phantom-view", `view: expected one that shows ${label} (${views.join(", ")}), got ${view}.`);
  }
  if (grade !== undefined && !(Number.isInteger(grade) && grade >= 1 && grade <= grades.length)) {
    throw new InputError("phantom-grade", `grade: expected 1 to ${grades.length} for ${label}, got ${grade}.`);
  }
}

function planFinding(options: RadiographOptions, subject: Subject, person: Random): ConditionResult {
  const { condition, seed, index, view, posture = "neutral", grade, curveType } = options;
  const [low, high] = condition === "scoliosis" ? [0, 6] : (options.cobbDeg ?? [0, 6]);
  const waves = unevenShape(person.fork("uneven"));
  const uneven = bendTo(subject, waves, person.fork("uneven angle").between(low, high), 1);
  const lumbarCurve = view === "lumbar-ap" ? person.fork("curve").pick<CurveType>(["lumbar", "thoracolumbar"]) : undefined;
  return conditions[condition].plan({
    random: person.fork("finding"),
    subject,
    posture,
    uneven,
    wear: sampleWear(subject, person.fork("wear")),
    cobbDeg: options.cobbDeg,
    curveType: curveType ?? lumbarCurve,
    grade,
    seed: `${seed} ${index}`,
  });
}

/** Share of the beam that passes the spine: the mean over the boxes of the bodies in view, as an exposure chamber sees it. */
function spineTransmission(paths: PathLengths, spine: readonly PlacedVertebra[], view: View): number {
  const { raster } = paths;
  const values: number[] = [];
  for (const placed of spine) {
    const center = pixelOf(view, raster, placed.frame.origin);
    const [k, r] = [Math.floor(center[0]), Math.floor(center[1])];
    if (k < 0 || r < 0 || k >= raster.width || r >= raster.height) continue;
    values.push(transmission(paths.waterMm[r * raster.width + k]!, paths.boneMm[r * raster.width + k]!));
  }
  return Math.max(1e-5, values.reduce((sum, v) => sum + v, 0) / values.length);
}

function takeImage(paths: PathLengths, acquisition: Acquisition, quantaPerMm2: number, random: Random): Float32Array {
  const { width, height, spacingMm } = paths.raster;
  const { scatterShare, blurMm, electronicQuanta, grid, collimation, processing } = acquisition;
  const quanta = expose(paths, { quantaPerMm2, scatterShare, blurMm, electronicQuanta }, random);
  if (grid !== undefined && grid.periodMm / spacingMm > 2) addGridLines(quanta, width, grid.periodMm / spacingMm, grid.depth);
  const openQuanta = quantaPerMm2 * spacingMm * spacingMm;
  const shown = processForDisplay(quanta, width, height, { ...processing, spacingMm, openQuanta });
  if (collimation.sides > 0 || collimation.ends > 0) collimate(shown, width, height, collimation);
  return shown;
}

function frontalCobb(spine: readonly PlacedVertebra[]): CobbAngle {
  const view = frontalView(spine[0]!.frame.origin, Infinity);
  return measureCobb(cobbLevels(spine).map((placed) => projectBody(placed, view, { width: 1, height: 1, spacingMm: 1, leftMm: 0, topMm: 0 })));
}

function addMarker(pixels: Float32Array, raster: Raster, random: Random, { marker: wanted, markerPlace }: RadiographOptions, { circledMarker, inverted }: Acquisition): "L" | "R" | "none" {
  const drawn = random.uniform() < 0.35 ? "none" : random.uniform() < 0.5 ? "L" : "R";
  const letter = wanted ?? drawn;
  const edge = random.between(0.07, 0.16) * raster.width;
  const row = random.between(0.04, markerPlace === "top" ? 0.07 : 0.94) * raster.height;
  const lead = random.between(0.85, 1);
  if (letter === "none") return letter;
  drawMarker(pixels, raster.width, raster.height, {
    letter,
    // The patient's left is on the right of a frontal image.
    column: letter === "L" ? raster.width - edge : edge,
    row,
    heightPx: 14 / raster.spacingMm,
    circled: circledMarker,
    value: inverted ? 1 - lead : lead,
  });
  return letter;
}

function drawCobbLines(pixels: Float32Array, raster: Raster, bodies: readonly ProjectedBody[], cobb: CobbAngle): void {
  const line = (a: readonly [number, number], b: readonly [number, number]): void => {
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    drawStroke(pixels, raster.width, raster.height, {
      from: [a[0] - dx, a[1] - dy], to: [b[0] + dx, b[1] + dy], widthPx: Math.max(1, 1.5 / raster.spacingMm), value: 1,
    });
  };
  const upper = bodies.find((b) => b.level === cobb.upperEnd)!;
  const lower = bodies.find((b) => b.level === cobb.lowerEnd)!;
  line(upper.upperLeft, upper.upperRight);
  line(lower.lowerLeft, lower.lowerRight);
}

function columnLevels(spine: readonly PlacedVertebra[], view: ViewName): string[] {
  return levelsBetween(spine, "L5", view.startsWith("whole") ? "C7" : "T12");
}
