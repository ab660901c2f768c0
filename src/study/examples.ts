import { methods, outline, overlay, scaleToPeak } from "../explain/index.js";
import { encodePicture, placement, toImageFrame, toNetworkFrame, type Picture, type Placement, type Preprocessing } from "../images/index.js";
import { seededRandom } from "../base/index.js";
import { explainBeside, type MapBeside } from "./draw-beside.js";
import type { TaskContext } from "./run-task.js";
import { mapOf, type CasePrediction, type TaskRecord } from "./task-record.js";
import type { ExampleCase } from "./results.js";

interface Shown {
  readonly record: TaskRecord;
  readonly index: number;
  readonly prediction: CasePrediction;
}

export interface ExampleOptions {
  readonly cells: readonly { readonly id: string; readonly records: readonly TaskRecord[] }[];
  /** So many of the most telling cases. */
  readonly count?: number;
  /** These cases, in this order, in place of the most telling ones. */
  readonly cases?: readonly string[];
}

type HeatMap = ReturnType<typeof mapOf>;

/** A map in the frame that shows the image whole, where it was made of a part that was cut out. */
function wholeMap(map: HeatMap, { window }: CasePrediction, place: Placement, preprocessing: Preprocessing): HeatMap {
  if (window === undefined) return map;
  const onImage = toImageFrame(map.values, map, placement(place.height, place.width, preprocessing, window));
  return { values: toNetworkFrame(onImage, place), height: place.size, width: place.size };
}

async function dataUrl(picture: Picture): Promise<string> {
  return `data:image/jpeg;base64,${Buffer.from(await encodePicture(picture, "jpeg")).toString("base64")}`;
}

/** How much a case tells: cells that disagree first, then cases some got wrong, then the rest. */
function interest(shown: readonly Shown[]): number {
  const right = shown.filter(({ prediction }) => prediction.label === prediction.predicted).length;
  if (right > 0 && right < shown.length) return 2;
  return right === 0 ? 1 : 0;
}

/** Cases in the order of interest, classes in turn, so that no class fills the grid; ties in an order drawn once. */
function choose(byCase: ReadonlyMap<string, readonly Shown[]>, count: number): string[] {
  const order = seededRandom("examples").shuffle([...byCase.keys()].sort());
  const ranked = order.sort((a, b) => interest(byCase.get(b)!) - interest(byCase.get(a)!));
  const chosen: string[] = [];
  const share = Math.ceil(count / 2);
  const isWrong = (id: string): boolean => interest(byCase.get(id)!) > 0;
  const queues = new Map<number, string[]>();
  const take = (ids: readonly string[], limit: number): void => {
    queues.clear();
    for (const id of ids) {
      const label = byCase.get(id)![0]!.prediction.label;
      queues.set(label, [...(queues.get(label) ?? []), id]);
    }
    let moved = true;
    while (moved && chosen.length < limit) {
      moved = false;
      for (const queue of queues.values()) {
        const next = queue.shift();
        if (next === undefined || chosen.length >= limit) continue;
        chosen.push(next);
        moved = true;
      }
    }
  };
  // Half the grid at most for what went wrong, so that right cases are seen beside it.
  take(ranked.filter(isWrong), share);
  take(ranked.filter((id) => !isWrong(id)), count);
  take(ranked.filter((id) => isWrong(id) && !chosen.includes(id)), count);
  return chosen;
}

/** Maps of the methods drawn beside the measured one, by prediction; each model file is opened once. */
async function besideOf(shown: readonly Shown[], context: TaskContext): Promise<Map<CasePrediction, MapBeside[]>> {
  const found = new Map<CasePrediction, MapBeside[]>();
  if (context.explanation.beside.length === 0) return found;
  for (const record of new Set(shown.map((one) => one.record))) {
    const ofRecord = shown.filter((one) => one.record === record);
    const maps = await explainBeside(record, ofRecord.map(({ index }) => index), context);
    ofRecord.forEach(({ prediction }, n) => found.set(prediction, maps[n]!));
  }
  return found;
}

/** Heat maps of the same test cases of the first seed, side by side between cells. */
export async function drawExamples({ cells, count = 0, cases }: ExampleOptions, context: TaskContext): Promise<ExampleCase[]> {
  const seed = cells[0]?.records[0]?.seed;
  if (seed === undefined || (cases ?? { length: count }).length === 0) return [];
  const byCase = new Map<string, Shown[]>();
  for (const { records } of cells) {
    for (const record of records.filter((one) => one.seed === seed)) {
      record.predictions.forEach((prediction, index) => byCase.set(prediction.case, [...(byCase.get(prediction.case) ?? []), { record, index, prediction }]));
    }
  }
  const { dataset, prepared, regions } = context;
  const ids = cases ?? choose(byCase, count);
  const beside = await besideOf(ids.flatMap((id) => byCase.get(id) ?? []), context);
  const position = new Map(dataset.cases.map(({ id }, i) => [id, i]));
  const { size } = prepared.preprocessing;
  const examples: ExampleCase[] = [];
  for (const id of ids) {
    const i = position.get(id)!;
    // The first plane: of a color image the red one, which is enough to see what lies where.
    const grey = { values: prepared.frames[i]!.subarray(0, size * size), height: size, width: size };
    const blank = { values: new Float32Array(1), height: 1, width: 1 };
    const region = regions.get(i);
    examples.push({
      case: id,
      label: dataset.cases[i]!.label,
      seed,
      image: await dataUrl(overlay(grey, blank)),
      ...(region && { regionImage: await dataUrl(outline(grey, region)) }),
      cells: await Promise.all(
        byCase.get(id)!.map(async ({ record, index, prediction }) => {
          const map = wholeMap(mapOf(record, index), prediction, prepared.placements[i]!, prepared.preprocessing);
          const isEmpty = map.values.every((value) => value === 0);
          const others = beside.get(prediction) ?? [];
          const drawn = await Promise.all(
            others.map(async ({ title, signed, map: other }) => {
              if (other === undefined) return { title };
              const whole = wholeMap(scaleToPeak(other), prediction, prepared.placements[i]!, prepared.preprocessing);
              return { title, overlay: await dataUrl(overlay(grey, whole, { scale: signed ? "signed" : "evidence" })) };
            }),
          );
          const measured = methods[context.explanation.method];
          return {
            cell: record.cell,
            predicted: dataset.labels[prediction.predicted]!,
            probability: prediction.probabilities[prediction.predicted]!,
            correct: prediction.label === prediction.predicted,
            ...(typeof prediction.relevance === "number" && { relevance: prediction.relevance }),
            ...(!isEmpty && { overlay: await dataUrl(overlay(grey, map, { scale: measured.signed ? "signed" : "evidence" })) }),
            ...(drawn.length > 0 && { title: measured.title, beside: drawn }),
          };
        }),
      ),
    });
  }
  return examples;
}
