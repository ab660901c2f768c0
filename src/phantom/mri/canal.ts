import { exp, type Random, sin } from "../../base/index.js";
import { endplateLine, posteriorWall, type PlacedVertebra } from "../anatomy/alignment.js";
import type { Disc } from "./disc-state.js";
import { ellipseCorners, roundCorners, smoothLine, type Corner } from "./paint.js";
import { sectionPoint, type Paint } from "./section-point.js";

/** One height of the thecal sac: its front border and its depth, straight backward. */
interface SacPoint {
  readonly front: Corner;
  readonly depth: number;
}

/**
 * Epidural fat, ligamenta flava, the thecal sac with its fluid, the conus (ending at L1 to L2, Saifuddin et al. 1998, Spine
 * 23:1452) and the roots of the cauda equina. Over a stenosis the roots are redundant: they wind (Suzuki et al. 1989, Spine 14:1337).
 */
export function paintCanal(paint: Paint, spine: readonly PlacedVertebra[], { discs, random }: { discs: readonly Disc[]; random: Random }): void {
  const sac = smoothSac(sacPoints(spine, discs));
  const ribbon = (front: (p: SacPoint) => number, back: (p: SacPoint) => number): Corner[] =>
    [...sac.map((p): Corner => [p.front[0] + front(p), p.front[1]]), ...sac.map((p): Corner => [p.front[0] + back(p), p.front[1]]).reverse()];
  const healthy = Math.max(...discs.map((d) => d.canalMm + d.bulgeMm));
  paint("fat", ribbon(() => -1, (p) => Math.max(p.depth, healthy) + 5));
  paintFlava(paint, spine, discs, healthy);
  paint("ligament", ribbon(() => -0.9, (p) => p.depth + 0.7));
  paint("fluid", ribbon(() => 0, (p) => p.depth));
  // Pulsation leaves patches of lost signal in the fluid behind the cord.
  const conusZ = sectionPoint(spine[5]!, 0, -0.4 * spine[5]!.size.height * random.between(0, 1.6))[1];
  for (let i = 0; i < 5; i++) {
    const p = sac[Math.min(sac.length - 1, Math.floor(sac.length * random.between(0.55, 1)))]!;
    paint("flow", ellipseCorners([p.front[0] + p.depth * random.between(0.75, 0.88), p.front[1]], [p.depth * 0.06, random.between(2, 6)]));
  }
  const cord = sac.filter((p) => p.front[1] > conusZ - 22);
  const narrow = (p: SacPoint): number => Math.min(1, Math.max(0, (p.front[1] - conusZ + 22) / 24));
  paint("nerve", [
    ...cord.map((p): Corner => [p.front[0] + p.depth * (0.62 - 0.3 * narrow(p)), p.front[1]]),
    ...cord.map((p): Corner => [p.front[0] + p.depth * (0.66 + 0.1 * narrow(p)), p.front[1]]).reverse(),
  ]);
  paintRoots(paint, sac.filter((p) => p.front[1] < conusZ), { discs, spine, random });
}

/** Ligamentum flavum behind each disc: 2 to 3.5 mm behind a healthy disc, 4 mm and more behind a worn one (Yoshiiwa et al. 2016, Asian Spine J 10:528). */
function paintFlava(paint: Paint, spine: readonly PlacedVertebra[], discs: readonly Disc[], healthy: number): void {
  for (const disc of discs) {
    const v = spine.find(({ level }) => level === disc.level)!;
    const z = endplateLine(v, -1).z - v.size.discBelow / 2;
    const front = posteriorWall(v.size) + 2 + Math.max(disc.bulgeMm, disc.herniationMm) + disc.canalMm;
    const back = Math.max(front + disc.flavumMm, posteriorWall(v.size) + 2 + healthy + 2.5);
    const corners: readonly (readonly [number, number])[] = [[front + 1.5, z + 13], [front, z + 3], [front, z - 3], [front + 2, z - 11], [back + 1, z - 12], [back + 1, z + 13]];
    paint("ligament", roundCorners(corners.map(([y, dz]) => sectionPoint(v, y, dz)), 5));
  }
}

function paintRoots(paint: Paint, sac: readonly SacPoint[], { discs, spine, random }: { discs: readonly Disc[]; spine: readonly PlacedVertebra[]; random: Random }): void {
  const tight = discs.filter((d) => d.canalMm < 10 && d.herniationMm === 0).map((d) => sectionPoint(spine.find(({ level }) => level === d.level)!, 0, -18)[1]);
  const top = sac[sac.length - 1];
  if (top === undefined) return;
  for (let i = 0; i < 6; i++) {
    const lane = 0.42 + 0.09 * i;
    const phase = random.between(0, 6.283);
    const wave = (z: number): number => {
      const over = Math.min(...tight.map((t) => (z > t + 3 ? z - t : Infinity)));
      return over < 60 ? 0.11 * sin(z / 2.6 + phase) * exp(-over / 35) : 0.02 * sin(z / 8 + phase);
    };
    const end = Math.round(sac.length * 0.045 * i);
    const center = sac.slice(end).map((p): Corner => {
      const fan = Math.min(1, (top.front[1] - p.front[1]) / 60);
      return [p.front[0] + p.depth * (0.64 + (lane - 0.64) * fan + wave(p.front[1])), p.front[1]];
    });
    const half = 0.42 + 0.1 * (i % 2);
    if (center.length > 1) paint("nerve", [...center.map(([y, z]): Corner => [y - half, z]), ...center.map(([y, z]): Corner => [y + half, z]).reverse()]);
  }
}

/** Disc tissue that has left the disc: darker rim, its height growing with its migration. */
export function paintHerniation(paint: Paint, upper: PlacedVertebra, lower: PlacedVertebra, disc: Disc): void {
  if (disc.herniationMm === 0) return;
  const low = endplateLine(upper, -1);
  const wall = posteriorWall(upper.size);
  const a = sectionPoint(upper, wall, low.z + low.slope * wall);
  const under = posteriorWall(lower.size);
  const b = sectionPoint(lower, under, endplateLine(lower, 1).z + endplateLine(lower, 1).slope * under);
  const middle: Corner = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const tall = Math.max(4, Math.abs(a[1] - b[1]) * 0.5 + 2.2);
  const reach = disc.herniationMm;
  const mass = (mm: number): Corner[] => roundCorners([
    [middle[0] - 3, middle[1] + 2.2 - mm], [middle[0] + reach * 0.4, middle[1] + tall - mm], [middle[0] + reach - mm, middle[1] + tall * 0.3],
    [middle[0] + reach - mm, middle[1] - tall * 0.4 - disc.migrationMm * 0.6], [middle[0] + reach * 0.5, middle[1] - tall - disc.migrationMm + mm], [middle[0] + 0.5, middle[1] - tall * 0.6], [middle[0] - 3, middle[1] - 2.2 + mm],
  ], 5);
  paint("ligament", mass(-0.8));
  paint("annulus", mass(0));
  paint(disc.pfirrmann >= 4 ? "nucleus-4" : "nucleus-3", mass(1.1));
}

/** The sac from the sacrum upward: it lies along the posterior walls and is pressed in behind each disc. */
function sacPoints(spine: readonly PlacedVertebra[], discs: readonly Disc[]): SacPoint[] {
  const healthy = Math.max(...discs.map((d) => d.canalMm));
  return spine.flatMap((v, i): SacPoint[] => {
    const wall = posteriorWall(v.size) + 2;
    const at = (y: number, z: number): Corner => sectionPoint(v, y, z);
    if (i === 0) return [{ front: at(wall + 6, -v.size.height * 1.5), depth: 1.5 }, { front: at(wall + 4, -v.size.height * 0.9), depth: healthy * 0.4 }, { front: at(wall + 2.5, 0), depth: healthy * 0.6 }];
    const disc = discs.find((d) => d.level === v.level);
    const low = endplateLine(v, -1).z;
    const gap = v.size.discBelow;
    const pressed = disc === undefined ? 0 : Math.max(disc.bulgeMm, disc.herniationMm);
    const depth = disc?.canalMm ?? healthy;
    const edge = Math.min(healthy, depth + 0.5 * (healthy - depth));
    const down = (disc?.migrationMm ?? 0) * 0.6;
    // The canal at L5-S1 is a little narrower, with fat before the sac.
    const [usual, off] = i === 1 ? [healthy * 0.86, 1.5] : [healthy, 0];
    return [
      { front: at(wall + off, low - gap - 6.5 - down), depth: usual },
      { front: at(wall + off + pressed * 0.6, low - gap - down), depth: Math.min(usual, edge) },
      { front: at(wall + off + pressed, low - gap / 2), depth: Math.min(usual, depth) },
      { front: at(wall + off + pressed * 0.55, low + 0.5), depth: edge },
      { front: at(wall, low + 6.5), depth: healthy },
      { front: at(wall + 0.3, 0), depth: healthy },
    ];
  });
}

function smoothSac(points: readonly SacPoint[]): SacPoint[] {
  const front = smoothLine(points.map((p) => p.front), 5);
  const back = smoothLine(points.map((p): Corner => [p.front[0] + p.depth, p.front[1]]), 5);
  return front.map((corner, i) => ({ front: corner, depth: Math.max(1, back[i]![0] - corner[0]) }));
}
