import { atan2, type Random } from "../../base/index.js";
import { anteriorReach, endplateLine, posteriorWall, type PlacedVertebra } from "../anatomy/alignment.js";
import type { Subject } from "../anatomy/subject.js";
import { paintCanal, paintHerniation } from "./canal.js";
import type { Disc } from "./disc-state.js";
import { ellipseCorners, fillPolygon, roundCorners, type Canvas, type Corner } from "./paint.js";
import { sectionPoint, type Paint } from "./section-point.js";
import { paintBackMuscles, paintSurroundings } from "./surroundings.js";
import { tissueNames, type TissueName } from "./tissue.js";

export interface SectionShapes {
  readonly bodies: readonly { level: string; corners: readonly Corner[] }[];
  readonly discs: readonly { level: string; corners: readonly Corner[] }[];
  /** The back of the target disc with the canal behind it. */
  readonly region: readonly Corner[];
}

/** Paints the mid-sagittal section of the lumbar spine as a map of tissues, from back to front. */
export function paintSection(canvas: Canvas, spine: readonly PlacedVertebra[], o: { discs: readonly Disc[]; target: string; subject: Subject; random: Random }): SectionShapes {
  const { discs, target, subject, random } = o;
  const paint: Paint = (tissue, corners) => fillPolygon(canvas, corners, tissueNames.indexOf(tissue));
  const used = spine.slice(0, 11);
  paintSurroundings(paint, used, subject, random);
  paintBackMuscles(paint, used, random);
  for (const v of used.slice(1)) paintSpinousProcess(paint, v);
  paintCanal(paint, used, { discs, random });
  const all: readonly Disc[] = [...discs, ...used.slice(6).map((v): Disc => ({ ...discs[4]!, level: v.level as Disc["level"], pfirrmann: 2, bulgeMm: 0, herniationMm: 0, migrationMm: 0 }))];
  const shapes = all.map((disc) => {
    const index = used.findIndex((v) => v.level === disc.level);
    return { level: disc.level, corners: paintDisc(paint, used[index]!, used[index - 1]!, disc) };
  });
  const bodies = used.map((v) => ({ level: v.level, corners: bodyCorners(v, 0) }));
  used.forEach((v, i) => {
    paint("cortex", bodies[i]!.corners);
    paint("marrow", bodyCorners(v, 0.9));
    if (i > 0) paintVein(paint, v);
  });
  paintSacrum(paint, used[0]!);
  for (const disc of discs) {
    const index = used.findIndex((v) => v.level === disc.level);
    paintHerniation(paint, used[index]!, used[index - 1]!, disc);
  }
  return { bodies, discs: shapes.slice(0, discs.length), region: regionCorners(used.find((v) => v.level === target)!) };
}

function bodyCorners(v: PlacedVertebra, insetMm: number): Corner[] {
  const [up, low] = [endplateLine(v, 1), endplateLine(v, -1)];
  const back = posteriorWall(v.size) - insetMm;
  const [front, frontLow] = [-anteriorReach(v.size, 1) + insetMm, -anteriorReach(v.size, -1) + insetMm];
  const point = (end: { slope: number; z: number }, y: number, off: number): Corner => sectionPoint(v, y, end.z + end.slope * y + off);
  // Endplates sink in the middle, deepest toward the back; front and back walls are waisted.
  const sunk = 0.055 * v.size.height;
  const along = (end: { slope: number; z: number }, from: number, sign: 1 | -1): Corner[] =>
    [[0, 1.1], [0.06, 0.1], [0.3, -0.7 * sunk], [0.62, -sunk], [0.92, -0.15], [1, 0.9]].map(([t, off], i) => point(end, from + (back - from) * t!, sign * ((i === 0 || i === 5 ? -off! : off!) - insetMm)));
  return roundCorners([
    ...along(up, front, 1), sectionPoint(v, back - 1.2, 1),
    ...along(low, frontLow, -1).reverse(), sectionPoint(v, (front + frontLow) / 2 + 2.4, 0),
  ], 4);
}

/** The basivertebral vein enters the middle of the posterior wall. */
function paintVein(paint: Paint, v: PlacedVertebra): void {
  const back = posteriorWall(v.size) - 0.6;
  paint("vein", roundCorners([sectionPoint(v, back, 2.6), sectionPoint(v, back - 6, 0.9), sectionPoint(v, back - 9, 0.1), sectionPoint(v, back - 6, -0.7), sectionPoint(v, back, -2.2)], 4));
}

function paintSpinousProcess(paint: Paint, v: PlacedVertebra): void {
  const [from, to] = [posteriorWall(v.size) + 25, posteriorWall(v.size) + v.size.spinousLength * 0.95];
  const h = v.size.height;
  const shape = (mm: number): Corner[] =>
    roundCorners(([[from + mm, -0.12 * h - mm], [(from + to) / 2, -0.1 * h - mm], [to - mm, -0.18 * h - mm], [to - mm, -0.82 * h + mm], [(from + to) / 2, -0.72 * h + mm], [from + mm, -0.5 * h + mm]] as const).map(([y, z]) => sectionPoint(v, y, z)), 5);
  paint("cortex", shape(0));
  paint("marrow", shape(1));
}

function paintDisc(paint: Paint, upper: PlacedVertebra, lower: PlacedVertebra, disc: Disc): Corner[] {
  const low = endplateLine(upper, -1);
  const top = endplateLine(lower, 1);
  const [backUp, frontUp] = [posteriorWall(upper.size), -anteriorReach(upper.size, -1)];
  const [backLow, frontLow] = [posteriorWall(lower.size), -anteriorReach(lower.size, 1)];
  const a = sectionPoint(upper, backUp, low.z + low.slope * backUp + 1.2);
  const b = sectionPoint(lower, backLow, top.z + top.slope * backLow - 1.2);
  const c = sectionPoint(upper, frontUp, low.z + low.slope * frontUp + 1.2);
  const d = sectionPoint(lower, frontLow, top.z + top.slope * frontLow - 1.2);
  const back: Corner = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const front: Corner = [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2];
  const bulge = disc.bulgeMm * 1.1;
  const corners = roundCorners([c, a, [back[0] + bulge, back[1] + 2], [back[0] + bulge, back[1] - 2], b, d, [front[0] - 1 - 0.5 * bulge, front[1]]], 5);
  paint("annulus", corners);
  const center: Corner = [back[0] * 0.54 + front[0] * 0.46, back[1] * 0.54 + front[1] * 0.46];
  const tilt = atan2(back[1] - front[1], back[0] - front[0]);
  const [across, rise] = [a[0] - c[0], a[1] - c[1]];
  const length = Math.sqrt(across * across + rise * rise);
  const thick = Math.max(1.5, (Math.abs(a[1] - b[1]) + Math.abs(c[1] - d[1])) / 2 - 2);
  const healthy = disc.pfirrmann <= 2;
  const oval = (along: number, across: number): Corner[] => ellipseCorners(center, [length * along, thick * across], tilt);
  paint(`nucleus-${Math.min(5, disc.pfirrmann + 1)}` as TissueName, oval(healthy ? 0.39 : 0.35, 0.5));
  paint(`nucleus-${disc.pfirrmann}`, oval(healthy ? 0.34 : 0.28, 0.42));
  // The cleft of a grade 2 disc.
  if (disc.pfirrmann === 2) paint("nucleus-4", ellipseCorners(center, [length * 0.24, 0.6], tilt));
  return corners;
}

function paintSacrum(paint: Paint, sacrum: PlacedVertebra): void {
  const segments = [[-24, 3, 13, 10.5], [-47, 9, 10, 9.5], [-68, 12, 7.5, 8.5], [-87, 9, 5.5, 7.5]] as const;
  for (const [z, y, depth, half] of segments) {
    const corners = (mm: number): Corner[] =>
      roundCorners(([[-depth + mm, half - mm], [0, half - mm], [depth - mm, half - mm], [depth * 0.95 - mm, 0], [depth * 0.9 - mm, -half + mm], [0, -half + mm], [-depth * 0.9 + mm, -half + mm], [-depth * 0.9 + mm, 0]] as const)
        .map(([dy, dz]) => sectionPoint(sacrum, y + dy, z + dz)), 4);
    paint("cortex", corners(0));
    paint("marrow", corners(1));
  }
}

function regionCorners(upper: PlacedVertebra): Corner[] {
  const wall = posteriorWall(upper.size);
  const z = -upper.size.height / 2 - upper.size.discBelow / 2;
  const half = upper.size.discBelow / 2 + 5;
  const front = -anteriorReach(upper.size, -1) - 2;
  return [[front, z + half], [wall + 20, z + half], [wall + 20, z - half - 3], [front, z - half - 3]].map(([y, dz]) => sectionPoint(upper, y!, dz!));
}
