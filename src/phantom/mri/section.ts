import type { Random } from "../../base/index.js";
import { anteriorReach, endplateLine, posteriorWall, type PlacedVertebra } from "../anatomy/alignment.js";
import { bounded, type Subject } from "../anatomy/subject.js";
import { placeIn } from "../projection/vector.js";
import type { Disc } from "./disc-state.js";
import { ellipseCorners, fillPolygon, fillRibbon, type Canvas, type Corner } from "./paint.js";
import { tissueNames, type TissueName } from "./tissue.js";

export interface SectionShapes {
  readonly bodies: readonly { level: string; corners: readonly Corner[] }[];
  readonly discs: readonly { level: string; corners: readonly Corner[] }[];
  /** The back of the target disc with the canal behind it. */
  readonly region: readonly Corner[];
}

/** A point of a vertebra's mid-sagittal plane. */
function at(v: PlacedVertebra, y: number, z: number): Corner {
  const p = placeIn(v.frame, [0, y, z]);
  return [p[1], p[2]];
}

/** Paints the mid-sagittal section of the lumbar spine as a map of tissues, from back to front. */
export function paintSection(canvas: Canvas, spine: readonly PlacedVertebra[], o: { discs: readonly Disc[]; target: string; subject: Subject; random: Random }): SectionShapes {
  const { discs, target, subject, random } = o;
  const paint = (tissue: TissueName, corners: readonly Corner[]): void => fillPolygon(canvas, corners, tissueNames.indexOf(tissue));
  const used = spine.slice(0, 11);
  const wall = used.map((v) => at(v, posteriorWall(v.size), 0));
  paintSurroundings(canvas, used, subject, random);

  // The canal follows the posterior walls; cord and roots float in its fluid.
  const line = canalLine(used, discs);
  const [ligament, fluid, nerve, fat] = (["ligament", "fluid", "nerve", "fat"] as const).map((t) => tissueNames.indexOf(t)) as [number, number, number, number];
  fillRibbon(canvas, line.map((p) => p.front), () => 1, (i) => line[i]!.depth + 6, fat);
  fillRibbon(canvas, line.map((p) => p.front), () => 1, (i) => line[i]!.depth + 1.4, ligament);
  fillRibbon(canvas, line.map((p) => p.front), () => 0, (i) => line[i]!.depth, fluid);
  const conus = wall[6]![1];
  fillRibbon(canvas, line.map((p) => p.front), (i) => (line[i]!.front[1] > conus - 12 ? -line[i]!.depth * 0.3 : -line[i]!.depth * 0.52), (i) => line[i]!.depth * (line[i]!.front[1] > conus - 12 ? 0.76 : 0.86), nerve);

  for (const v of used) {
    const processBack = v.size.spinousLength * 0.86;
    paint("cortex", ellipseCorners(at(v, posteriorWall(v.size) + 24 + processBack * 0.32, -v.size.height * 0.25), [processBack * 0.36, v.size.height * 0.36], -0.12));
    paint("marrow", ellipseCorners(at(v, posteriorWall(v.size) + 24 + processBack * 0.32, -v.size.height * 0.25), [processBack * 0.36 - 1.2, v.size.height * 0.36 - 1.2], -0.12));
  }
  const bodies = used.map((v) => ({ level: v.level, corners: bodyCorners(v, 0) }));
  const shapes = discs.map((disc) => {
    const index = used.findIndex((v) => v.level === disc.level);
    const corners = paintDisc(canvas, used[index]!, used[index - 1]!, disc);
    return { level: disc.level, corners };
  });
  for (const upper of used.slice(6)) paintDisc(canvas, upper, used[used.indexOf(upper) - 1]!, { level: "L1", pfirrmann: 2, bulgeMm: 0, herniationMm: 0, migrationMm: 0, canalMm: 16 });
  used.forEach((v, i) => {
    paint("cortex", bodies[i]!.corners);
    paint("marrow", bodyCorners(v, 1));
  });
  paintSacrum(canvas, used[0]!);
  const focus = used.find((v) => v.level === target)!;
  return { bodies, discs: shapes, region: regionCorners(focus) };
}

function bodyCorners(v: PlacedVertebra, insetMm: number): Corner[] {
  const [up, low] = [endplateLine(v, 1), endplateLine(v, -1)];
  const [back, front] = [posteriorWall(v.size) - insetMm, -anteriorReach(v.size, 1) + insetMm];
  const frontLow = -anteriorReach(v.size, -1) + insetMm;
  const z = (end: { slope: number; z: number }, y: number, inset: number): number => end.z + end.slope * y - inset;
  // Endplates sink a little in the middle; front and back walls are waisted.
  return [
    at(v, front, z(up, front, insetMm)), at(v, (front + back) / 2, z(up, (front + back) / 2, insetMm) - 1.2), at(v, back, z(up, back, insetMm)),
    at(v, back - 0.8, 0),
    at(v, back, z(low, back, -insetMm)), at(v, (frontLow + back) / 2, z(low, (frontLow + back) / 2, -insetMm) + 1.2), at(v, frontLow, z(low, frontLow, -insetMm)),
    at(v, (front + frontLow) / 2 + 2.2, 0),
  ];
}

function paintDisc(canvas: Canvas, upper: PlacedVertebra, lower: PlacedVertebra, disc: Disc): Corner[] {
  const paint = (tissue: TissueName, corners: readonly Corner[]): void => fillPolygon(canvas, corners, tissueNames.indexOf(tissue));
  const low = endplateLine(upper, -1);
  const top = endplateLine(lower, 1);
  const [backUp, frontUp] = [posteriorWall(upper.size), -anteriorReach(upper.size, -1)];
  const [backLow, frontLow] = [posteriorWall(lower.size), -anteriorReach(lower.size, 1)];
  const a = at(upper, backUp, low.z + low.slope * backUp);
  const b = at(lower, backLow, top.z + top.slope * backLow);
  const c = at(upper, frontUp, low.z + low.slope * frontUp);
  const d = at(lower, frontLow, top.z + top.slope * frontLow);
  const middle: Corner = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const corners: Corner[] = [c, a, [middle[0] + disc.bulgeMm * 1.1, middle[1] + 1], [middle[0] + disc.bulgeMm * 1.1, middle[1] - 1], b, d, [(c[0] + d[0]) / 2 - 2, (c[1] + d[1]) / 2]];
  paint("annulus", corners);
  const center: Corner = [(a[0] + b[0] + c[0] + d[0]) / 4 + 1.5, (a[1] + b[1] + c[1] + d[1]) / 4];
  const tilt = Math.atan2((a[1] + b[1] - c[1] - d[1]) / 2, (a[0] + b[0] - c[0] - d[0]) / 2);
  const length = Math.sqrt((a[0] - c[0]) ** 2 + (a[1] - c[1]) ** 2);
  const thick = (Math.abs(a[1] - b[1]) + Math.abs(c[1] - d[1])) / 2;
  const nucleus = `nucleus-${disc.pfirrmann}` as TissueName;
  paint(nucleus, ellipseCorners(center, [length * (disc.pfirrmann <= 2 ? 0.33 : 0.29), thick * (disc.pfirrmann <= 2 ? 0.42 : 0.36)], tilt));
  // The cleft of a grade 2 disc.
  if (disc.pfirrmann === 2) paint("nucleus-4", ellipseCorners(center, [length * 0.24, 0.5], tilt));
  if (disc.herniationMm > 0) {
    const reach = disc.herniationMm / 2;
    const mass = (mm: number): Corner[] => ellipseCorners([middle[0] + reach - 1, middle[1] - disc.migrationMm / 2], [reach + 1 - mm, thick * 0.42 + 1.5 + disc.migrationMm / 2 - mm], 0.1);
    paint("ligament", mass(-0.8));
    paint(disc.pfirrmann >= 4 ? "nucleus-4" : "nucleus-3", mass(0));
  }
  return corners;
}

/** Front border and depth of the thecal sac, pressed in behind each disc. */
function canalLine(spine: readonly PlacedVertebra[], discs: readonly Disc[]): { front: Corner; depth: number }[] {
  const healthy = Math.max(...discs.map((d) => d.canalMm));
  return spine.flatMap((v, i) => {
    const wall = posteriorWall(v.size) + 2;
    const middle = { front: at(v, wall + 0.5, 0), depth: healthy };
    const disc = discs.find((d) => d.level === v.level);
    const taper = i === 0 ? 0.55 : 1;
    if (i === 0) return [{ front: at(v, wall + 2, -v.size.height * 1.6), depth: 3 }, { ...middle, depth: healthy * taper }];
    const low = endplateLine(v, -1).z;
    const gap = v.size.discBelow;
    const pressed = disc === undefined ? 0 : Math.max(disc.bulgeMm, disc.herniationMm);
    const depth = disc === undefined ? healthy : disc.canalMm;
    const edge = Math.min(healthy, depth + 0.55 * (healthy - depth));
    return [
      { front: at(v, wall, low - gap - 4), depth: i === 1 ? healthy * 0.75 : healthy },
      { front: at(v, wall + pressed * 0.45, low - gap), depth: edge },
      { front: at(v, wall + pressed, low - gap / 2), depth },
      { front: at(v, wall + pressed * 0.45, low), depth: edge },
      { front: at(v, wall, low + 4), depth: healthy },
      middle,
    ];
  });
}

function paintSacrum(canvas: Canvas, sacrum: PlacedVertebra): void {
  const segments = [[-22, 3, 13, 10], [-46, 9, 10, 9.5], [-68, 12, 7.5, 8.5], [-87, 9, 5.5, 7.5]] as const;
  for (const [z, y, depth, half] of segments) {
    const corners = (mm: number): Corner[] => [at(sacrum, y - depth + mm, z + half - mm), at(sacrum, y + depth - mm, z + half - mm), at(sacrum, y + depth * 0.9 - mm, z - half + mm), at(sacrum, y - depth * 0.9 + mm, z - half + mm)];
    fillPolygon(canvas, corners(0), tissueNames.indexOf("cortex"));
    fillPolygon(canvas, corners(1), tissueNames.indexOf("marrow"));
  }
}

function paintSurroundings(canvas: Canvas, spine: readonly PlacedVertebra[], subject: Subject, random: Random): void {
  const paint = (tissue: TissueName, corners: readonly Corner[]): void => fillPolygon(canvas, corners, tissueNames.indexOf(tissue));
  const line = spine.map((v) => at(v, 0, 0));
  line.unshift([line[0]![0] + 20, line[0]![1] - 160]);
  line.push([line[line.length - 1]![0], line[line.length - 1]![1] + 160]);
  const fatMm = 6 + (subject.bmi - 18) * 1.7;
  const ribbon = (tissue: TissueName, front: number, back: number): void => fillRibbon(canvas, line, () => front, () => back, tissueNames.indexOf(tissue));
  ribbon("fat", 160, 92 + fatMm * 0.9);
  ribbon("muscle", 112, 84);
  ribbon("fat", 98, 62);
  ribbon("ligament", 26, 18);
  // Bowel and fat in front, vessels along the spine, muscle between the spinous processes.
  for (let i = 0; i < 34; i++) {
    const level = line[1 + random.integer(line.length - 2)]!;
    const center: Corner = [level[0] - random.between(48, 100), level[1] + random.between(-25, 25)];
    paint(random.pick<TissueName>(["bowel", "bowel", "muscle", "fluid", "air"]), ellipseCorners(center, [random.between(5, 13), random.between(4, 10)], bounded(random)));
  }
  const above = line.slice(4);
  fillRibbon(canvas, above, () => 44, () => -30, tissueNames.indexOf("vessel"));
  fillRibbon(canvas, line.slice(1, -1), () => -36, () => 60, tissueNames.indexOf("muscle"));
}

function regionCorners(upper: PlacedVertebra): Corner[] {
  const wall = posteriorWall(upper.size);
  const z = -upper.size.height / 2 - upper.size.discBelow / 2;
  const half = upper.size.discBelow / 2 + 5;
  return [at(upper, -anteriorReach(upper.size, -1) - 2, z + half), at(upper, wall + 20, z + half), at(upper, wall + 20, z - half - 3), at(upper, -anteriorReach(upper.size, -1) - 2, z - half - 3)];
}
