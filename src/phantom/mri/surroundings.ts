import type { Random } from "../../base/index.js";
import type { PlacedVertebra } from "../anatomy/alignment.js";
import { bounded, type Subject } from "../anatomy/subject.js";
import { ellipseCorners, roundCorners, smoothLine, type Corner } from "./paint.js";
import { sectionPoint, type Paint } from "./section-point.js";

/** A band along a line, between distances behind it (negative: before it). */
function band(line: readonly Corner[], from: number, to: number): Corner[] {
  return [...line.map(([y, z]): Corner => [y + from, z]), ...line.map(([y, z]): Corner => [y + to, z]).reverse()];
}

function axisOf(spine: readonly PlacedVertebra[]): Corner[] {
  const line = spine.map((v) => sectionPoint(v, 0, 0));
  const [low, high] = [line[0]!, line[line.length - 1]!];
  return smoothLine([[low[0] + 40, low[1] - 160], [low[0] + 14, low[1] - 60], ...line, [high[0], high[1] + 160]]);
}

/** Skin and fat, abdominal wall, bowel, great vessels and the longitudinal ligaments. */
export function paintSurroundings(paint: Paint, spine: readonly PlacedVertebra[], subject: Subject, random: Random): void {
  const line = axisOf(spine);
  const fatMm = 6 + (subject.bmi - 18) * 1.7;
  paint("fat", band(line, -160, 92 + fatMm * 0.9));
  paint("muscle", band(line, -112, 66));
  paint("fat", band(line, -98, 30));
  for (let i = 0; i < 22; i++) {
    const level = line[random.integer(line.length)]!;
    const center: Corner = [level[0] - random.between(52, 100), level[1] + random.between(-15, 15)];
    const shape = (mm: number): Corner[] => ellipseCorners(center, [half[0] - mm, half[1] - mm], turn);
    const [half, turn] = [[random.between(5, 14), random.between(4, 10)] as Corner, bounded(random)];
    paint("muscle", shape(0));
    paint(random.pick(["bowel", "bowel", "muscle", "fluid", "air"] as const), shape(1.4));
  }
  // The aorta divides before L4: below it tapers away from the midline.
  const at = (i: number, before: number): Corner => [sectionPoint(spine[i]!, 0, 0)[0] - before, sectionPoint(spine[i]!, 0, 0)[1]];
  paint("vessel", roundCorners([at(10, 46), at(8, 46), at(6, 45), at(4, 44), at(3, 43), at(2, 38), at(3, 31), at(4, 29), at(6, 29), at(8, 30), at(10, 30)], 4));
  paint("ligament", band(line, -22, 16));
}

/** Muscle behind the canal with fat between the spinous processes, and the supraspinous ligament. */
export function paintBackMuscles(paint: Paint, spine: readonly PlacedVertebra[], random: Random): void {
  const line = smoothLine(spine.map((v) => sectionPoint(v, 0, 0)));
  paint("muscle", band(line, 34, 72));
  for (const v of spine) {
    paint("fat", ellipseCorners(sectionPoint(v, 48 + 4 * bounded(random), -v.size.height * 1.05), [15, 4.5], -0.25 + 0.1 * bounded(random)));
    for (let i = 0; i < 3; i++) paint("fat", ellipseCorners(sectionPoint(v, random.between(38, 70), random.between(-18, 18)), [random.between(2, 6), 0.7], random.between(-0.6, 0.1)));
  }
  paint("ligament", band(line, 74, 76));
}
