import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { InputError, seededRandom, type OnProgress, type Tensor } from "../../base/index.js";
import type { Device } from "../../engine/index.js";
import { createDataPool, prepareImages, splitTrainValidation, type Case } from "../../data/index.js";
import { explainedGraph } from "../../explain/index.js";
import { sha256OfFile, writeJsonAtomic } from "../../files/index.js";
import { defaultPreprocessing, type Preprocessing } from "../../images/index.js";
import { architectures, buildNetwork, initializeWeights, loadWeights, writeBundle, type ArchitectureName, type Network, type Weights } from "../../models/index.js";
import type { MadeView } from "../../phantom/index.js";
import { outputsOf, predict, preparedSource, resolveRecipe, sumOver, trainFold, weightsSha256, type CaseSource, type TrainingRecipe } from "../../train/index.js";
import { normalizationOf } from "../images-of-study.js";
import { digestOf } from "../plan.js";
import { RunFolder } from "../run-folder.js";
import { openStart, type StartSource } from "../start-weights.js";
import { measureTargets, type TargetMeasure } from "./measure-targets.js";
import { simulateCases } from "./simulated-cases.js";
import { targetTable } from "./target-heads.js";

export interface PretrainOptions {
  readonly network: ArchitectureName;
  /** File of weights, model file or folder of an earlier run to start from; random weights where left out. */
  readonly start?: string;
  readonly views: readonly MadeView[];
  /** Only these conditions, of those that a view shows. */
  readonly classes?: readonly string[];
  /** Images in all. */
  readonly count: number;
  /** Side of the square the network sees; the network's own where left out. */
  readonly size?: number;
  /** How an image is brought to that square; letterbox where left out. */
  readonly resize?: Preprocessing["resize"];
  /** Height of the simulated images; the size where left out. */
  readonly height?: number;
  readonly epochs: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed: number;
  /** Folder of the run: made if missing, gone on with if it holds the same run. */
  readonly out: string;
  readonly threads?: number;
  readonly device?: Device;
  readonly checkpointSeconds?: number;
  readonly softwareVersion: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface PretrainOutcome {
  /** The model file, for `--source`. */
  readonly model: string;
  readonly sha256: string;
  readonly counts: { readonly train: number; readonly validation: number };
  /** On the patients held out. */
  readonly measures: readonly TargetMeasure[];
  /** Training time, interrupted stretches included. */
  readonly seconds: number;
}

/** Part of the simulated patients that is measured on and not trained on. */
const heldOut = 0.1;

/** The recipe: everything is trained, with the rate and the normalization statistics of scratch or of fine-tuning. */
function recipeOf({ start, epochs, batchSize, learningRate }: PretrainOptions): TrainingRecipe {
  return resolveRecipe(start === undefined ? "scratch" : "fine-tuning", {
    epochs,
    batchSize,
    optimizer: { learningRate },
    loss: { name: "multi-target" },
    augmentation: false,
  });
}

function startOf(network: Network, start: StartSource | undefined, seed: number): Weights {
  const random = seededRandom("pretraining", network.architecture, seed);
  if (start === undefined) return initializeWeights(network, random);
  return loadWeights(network, start.tensors, { head: "replace", random }).weights;
}

/** The part of the head that tells the condition: its first outputs. */
function conditionWeights(network: Network, trained: ReadonlyMap<string, Tensor<"float32">>): Weights {
  return new Map(
    network.parameters.map(({ name, shape }) => {
      const { data } = trained.get(name)!;
      const size = shape.reduce((product, n) => product * n, 1);
      return [name, { dtype: "float32", shape, data: network.headParameters.includes(name) ? data.slice(0, size) : data }];
    }),
  );
}

/**
 * Trains a network on simulated images with several targets at once (condition, grades, level, curve type, Cobb angle, slip) and writes one model file: backbone and
 * the head of the condition. A tenth of the simulated patients is held out and measured. Goes on where it was stopped.
 * @throws InputError `run-differs`, `source-model`, those of the simulation; DataError for damaged files
 */
export async function pretrainOnPhantoms(options: PretrainOptions): Promise<PretrainOutcome> {
  const { seed, signal, onProgress } = options;
  const common = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  if (options.views.length === 0) throw new InputError("pretrain-views", "views: expected at least one, got none. Name one, whole-spine-ap for example.");
  const size = options.size ?? architectures[options.network].inputSize;
  const { resize = defaultPreprocessing.resize, height = size } = options;
  const recipe = recipeOf(options);
  const start = options.start === undefined ? undefined : await openStart(options.start, options.network);
  const folder = await RunFolder.open(options.out);
  const pool = createDataPool();
  try {
    await folder.claim({ format: 1, network: options.network, start: start?.sha256 ?? "random", images: digestOf([options.views, options.classes ?? "all", options.count, size, resize, height]), recipe: digestOf(recipe), seed });
    const finished = await readOutcome(folder);
    if (finished !== undefined) return finished;

    const { cases, sha256: dataSha256 } = await simulateCases({ directory: folder.file("phantoms"), views: options.views, ...(options.classes && { classes: options.classes }), count: options.count, size: height, seed, ...common });
    const byCondition: Case[] = cases.map((one) => ({ ...one, label: one.fields["condition"] ?? one.label }));
    const parts = splitTrainValidation(byCondition, byCondition.map((_, i) => i), { fraction: heldOut, seed });
    const table = targetTable(cases, parts.train);
    const [condition] = table.heads;
    if (condition?.kind !== "classes" || condition.name !== "condition") throw new InputError("pretrain-views", `views: expected views with several conditions, got ${options.views.join(", ")}. Add a view.`);
    const prepared = await prepareImages(cases, { preprocessing: { ...defaultPreprocessing, size, resize }, pool, ...common });
    const normalization = normalizationOf(prepared, parts.train, start);
    const images = preparedSource({ prepared, cases: byCondition, labels: condition.classes, pool, normalization });
    const source: CaseSource = { ...images, targets: { heads: table.heads, row: (index) => table.row(index) } };
    const network = buildNetwork(options.network, { classes: sumOver(table.heads, outputsOf), inputSize: size });
    const engine = { ...(options.threads !== undefined && { threads: options.threads }), ...(options.device && { device: options.device }) };
    const trained = await trainFold({
      network,
      startWeights: startOf(network, start, seed),
      regime: start === undefined ? { name: "scratch" } : { name: "fine-tuning", stages: "all" },
      recipe,
      source,
      train: parts.train,
      seed,
      directory: folder.file("checkpoints"),
      engine,
      task: `${options.network} · simulated images`,
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      ...common,
    });
    const { logits } = await predict({ network, weights: trained.weights, source, indices: parts.validation, engine, ...(signal && { signal }) });
    const measures = measureTargets({ table, indices: parts.validation, outputs: logits, patients: parts.validation.map((index) => cases[index]!.patient!) });

    const exported = buildNetwork(options.network, { classes: condition.classes.length, inputSize: size });
    const weights = conditionWeights(exported, trained.weights);
    const model = folder.file("model.onnx");
    const counts = { train: parts.train.length, validation: parts.validation.length };
    await writeBundle(model, {
      graph: explainedGraph(exported, weights),
      metadata: {
        version: 1,
        architecture: options.network,
        labels: [...condition.classes],
        preprocessing: { ...prepared.preprocessing, mean: [...normalization.mean], std: [...normalization.std] },
        camLayer: exported.camLayer,
        training: JSON.parse(
          JSON.stringify({
            osteon: options.softwareVersion,
            pretraining: { views: options.views, classes: options.classes ?? "all", images: options.count, targets: table.heads, measures },
            recipe,
            seed,
            counts,
            dataSha256,
            startWeights: start === undefined ? "random" : { sha256: start.sha256 },
            chain: start?.chain ?? [],
            weightsSha256: weightsSha256(weights),
            use: "Research only. Not a medical device.",
          }),
        ),
      },
    });
    const outcome: PretrainOutcome = { model, sha256: await sha256OfFile(model), counts, measures, seconds: trained.seconds };
    await writeJsonAtomic(folder.file("pretraining.json"), { ...outcome, model: path.basename(model), history: trained.history });
    await rm(folder.file("checkpoints"), { recursive: true, force: true });
    return outcome;
  } finally {
    await pool.close();
    await folder.close();
  }
}

/** What a finished run said, if its model is still the same. */
async function readOutcome(folder: RunFolder): Promise<PretrainOutcome | undefined> {
  const text = await readFile(folder.file("pretraining.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { counts, measures, seconds, sha256 } = JSON.parse(text) as PretrainOutcome;
  const model = folder.file("model.onnx");
  const found = await sha256OfFile(model).catch(() => undefined);
  return found === sha256 ? { model, sha256, counts, measures, seconds } : undefined;
}
