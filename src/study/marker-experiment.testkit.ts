import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomic } from "../files/index.js";
import { relevanceMass, type HeatMap } from "../explain/index.js";
import { writePhantomDataset } from "../phantom/index.js";
import { figuresOf, type MarkedCase, type MarkerFigures } from "./marker-figures.testkit.js";
import type { RecipeSource } from "./recipe.js";
import { runStudy } from "./run-study.js";
import { mapOf, parseTaskRecord } from "./task-record.js";

export interface MarkerExperiment {
  readonly folder: string;
  readonly seed: number;
  /** How surely the marker says the class of a training image: 0 not at all, 1 always. */
  readonly strength: number;
  readonly onNote?: (note: string) => void;
}

/** Curves that a network can learn, and that are harder to see than a letter of lead. */
const cobbDeg = { normal: [0, 5], scoliosis: [10, 25] } as const;

const recipeOf = (seed: number): RecipeSource => ({
  study: "marker-shortcut",
  networks: ["mobilenet_v2-tiny"],
  regimes: { scratch: { epochs: 18, batchSize: 16, optimizer: { name: "adamw", learningRate: 0.003 } } },
  image: { size: 96, resize: "stretch" },
  seeds: [seed],
  explanation: { examples: 0 },
  models: "discard",
});

/**
 * Trains one network on images whose marker follows the label with the given strength, and tests it on images of other
 * patients whose marker says nothing: a lead R stands on a random half of either class.
 */
export async function runMarkerExperiment(o: MarkerExperiment): Promise<MarkerFigures> {
  const { folder, seed, strength } = o;
  const make = (name: string, imagesSeed: string, shortcutStrength: number): Promise<string> =>
    writePhantomDataset({
      directory: path.join(folder, name), count: 320, seed: imagesSeed, view: "whole-spine-ap", classes: ["normal", "scoliosis"], visits: 1, size: 128, cobbDeg,
      experiments: { shortcut: { name: "marker", strength: shortcutStrength } },
    });
  const train = await make(`train-${seed}-${strength}`, `train ${seed}`, strength);
  const test = await make("test", "test", 0);
  const table = path.join(folder, `table-${seed}-${strength}.csv`);
  const rows = [...(await rowsOf(train, "train")), ...(await rowsOf(test, "test"))];
  const head = ["file", "label", "patient", "split", "region", "marker"] as const;
  await writeFileAtomic(table, `${[head.join(","), ...rows.map((row) => head.map((column) => row[column]).join(","))].join("\n")}\n`);
  const out = path.join(folder, `run-${seed}-${strength}`);
  const outcome = await runStudy({ recipe: recipeOf(seed), data: table, out, softwareVersion: "test", command: "marker experiment", threads: 1 });
  const cell = outcome.results.cells[0]!;
  const last = cell.folds[0]!.history.at(-1)!;
  o.onNote?.(`seed ${seed}, strength ${strength}: training loss ${last.loss.toFixed(4)}, accuracy ${last.accuracy.toFixed(3)}, ${cell.folds[0]!.seconds.toFixed(0)} s`);
  const record = parseTaskRecord(await readFile(path.join(out, "tasks", cell.id, `seed-${seed}`, "fold-1", "task.json"), "utf8"), "task.json");
  const markers = new Map(rows.map(({ file, marker }) => [file, marker]));
  const cases = record.predictions.map((prediction, i): MarkedCase => ({
    positive: prediction.label === 1,
    predictedPositive: prediction.predicted === 1,
    marked: markers.get(prediction.case) === "R",
    onSpine: prediction.relevance ?? undefined,
    onMarker: massOnMarker(mapOf(record, i)),
    spineShare: prediction.regionShare ?? 0,
  }));
  return figuresOf(cases);
}

/** Corner that holds the marker in every image, as shares of the width and height. */
const markerCorner = { width: 0.25, height: 0.125 };

function massOnMarker(map: HeatMap): number | undefined {
  const side = 96;
  const region = { height: side, width: side, values: Float32Array.from({ length: side * side }, (_, i) => (i % side < markerCorner.width * side && i / side < markerCorner.height * side ? 1 : 0)) };
  return map.values.some((value) => value > 0) ? relevanceMass(map, region) : undefined;
}

/** Rows of a table of simulated images, with files relative to the folder above it. */
async function rowsOf(table: string, split: string): Promise<Record<"file" | "label" | "patient" | "split" | "region" | "marker", string>[]> {
  const [head, ...lines] = (await readFile(table, "utf8")).trimEnd().split("\n").map((line) => line.split(","));
  const name = path.basename(path.dirname(table));
  return lines.map((cells) => {
    const at = (column: string): string => cells[head!.indexOf(column)]!;
    return { file: `${name}/${at("file")}`, label: at("label"), patient: `${name} ${at("patient")}`, split, region: `${name}/${at("region")}`, marker: at("marker") };
  });
}
