import { InputError, seededRandom, type OnProgress } from "../../base/index.js";
import { measureNormalization, prepareImages, type Dataset, type DataPool, type PreparedImages } from "../../data/index.js";
import type { Turn } from "../../dicom/index.js";
import type { EngineOptions } from "../../engine/index.js";
import { defaultPreprocessing } from "../../images/index.js";
import { buildNetwork, initializeWeights } from "../../models/index.js";
import { predict, resolveRecipe, trainFold } from "../../train/index.js";
import { turnNames, turns, turnedSource } from "./turned-source.js";

export interface OrientationOptions {
  readonly pool: DataPool;
  readonly epochs?: number;
  readonly size?: number;
  readonly seed?: number;
  readonly engine?: EngineOptions;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** An image that seems not to be upright. */
export interface TurnedCase {
  readonly id: string;
  /** EXIF number of the turn that would put it upright. */
  readonly turn: Turn;
  readonly looks: string;
  readonly probability: number;
}

export interface OrientationCheck {
  readonly images: number;
  /** Shares found right among images turned in all eight ways, by networks that had not seen them. */
  readonly accuracy: {
    /** Which side is up, whether mirrored or not: chance is 1 / 4. */
    readonly side: number;
    /** Mirrored or not, where the side was right: chance is 1 / 2. Near that, mirrored images cannot be found in these data. */
    readonly mirror: number;
  };
  readonly turned: readonly TurnedCase[];
}

const folds = 2;
const fewest = 24;
/** Training images of each half: more would only take longer. */
const most = 300;
const sure = 0.9;
/** Below this accuracy, whether an image is mirrored is not told. */
const leastMirror = 0.9;

/** Which side is up: mirrored and not mirrored count as one. */
const sideOf = (turn: Turn): number => ({ 1: 0, 2: 0, 3: 1, 4: 1, 5: 2, 6: 2, 7: 3, 8: 3 })[turn];

/**
 * Finds images that do not lie as the others do, where no header tells: a small network learns from the images themselves, turned and
 * mirrored in all eight ways, which way is up, and judges those it was not trained on. Its accuracy on these is measured along.
 * @throws InputError `orientation-images` for fewer than 24 images
 * @see rotations as a task without labels: S. Gidaris, P. Singh and N. Komodakis, ICLR 2018
 */
export async function checkOrientation(dataset: Pick<Dataset, "cases">, options: OrientationOptions): Promise<OrientationCheck> {
  const { pool, epochs = 8, size = 64, seed = 1, engine, onProgress, signal } = options;
  const { cases } = dataset;
  if (cases.length < fewest) throw new InputError("orientation-images", `orientation: expected at least ${fewest} images to learn from, got ${cases.length}. Look at them yourself.`);
  const prepared: PreparedImages = await prepareImages(cases, { preprocessing: { ...defaultPreprocessing, size, channels: "grey", resize: "letterbox" }, pool, ...(onProgress && { onProgress }), ...(signal && { signal }) });
  const halves = splitGroups(dataset, seed);
  const found: { right: number; mirrorRight: number; sides: number; count: number; turned: TurnedCase[] } = { right: 0, mirrorRight: 0, sides: 0, count: 0, turned: [] };
  const judged: { index: number; probabilities: Float32Array }[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const [own, others] = [halves[fold]!, halves[1 - fold]!];
    const train = seededRandom("orientation", seed, fold).shuffle(others).slice(0, most);
    const normalization = measureNormalization(prepared, train);
    const source = turnedSource({ prepared, normalization });
    const network = buildNetwork("resnet18-tiny", { classes: 8, inputSize: size });
    const trained = await trainFold({
      network,
      startWeights: initializeWeights(network, seededRandom("orientation weights", seed, fold)),
      regime: { name: "scratch" },
      recipe: resolveRecipe("scratch", { epochs, batchSize: 32, augmentation: false, optimizer: { learningRate: 2e-3 } }),
      source,
      train: train.flatMap((index) => turns.map((turn) => 8 * index + turn - 1)),
      seed,
      task: `learning which way is up, half ${fold + 1} of ${folds}`,
      ...(engine && { engine }),
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
    const indices = own.flatMap((index) => turns.map((turn) => 8 * index + turn - 1));
    const { probabilities, classes } = await predict({ network, weights: trained.weights, source, indices, ...(engine && { engine }), ...(signal && { signal }) });
    indices.forEach((index, i) => {
      const [truth, said] = [turns[index % 8]!, turns[classes[i]!]!];
      const isSide = sideOf(truth) === sideOf(said);
      found.count += 1;
      found.sides += isSide ? 1 : 0;
      found.mirrorRight += isSide && truth === said ? 1 : 0;
      if (truth === 1) judged.push({ index: Math.floor(index / 8), probabilities: probabilities.data.slice(8 * i, 8 * i + 8) });
    });
  }
  const accuracy = { side: found.sides / found.count, mirror: found.sides === 0 ? 0 : found.mirrorRight / found.sides };
  return { images: cases.length, accuracy, turned: judged.flatMap(({ index, probabilities }) => suspectOf(cases[index]!.id, probabilities, accuracy.mirror >= leastMirror)).toSorted((a, b) => b.probability - a.probability || (a.id < b.id ? -1 : 1)) };
}

/** An image as it is, judged: not upright for sure, or nothing. */
function suspectOf(id: string, probabilities: Float32Array, tellsMirrors: boolean): TurnedCase[] {
  const shares = [0, 0, 0, 0];
  turns.forEach((turn, k) => (shares[sideOf(turn)]! += probabilities[k]!));
  const side = shares.indexOf(Math.max(...shares));
  const best = turns.filter((turn) => sideOf(turn) === side).reduce((a, b) => (probabilities[b - 1]! > probabilities[a - 1]! ? b : a));
  if (tellsMirrors) return best !== 1 && probabilities[best - 1]! >= sure ? [{ id, turn: best, looks: turnNames[best], probability: probabilities[best - 1]! }] : [];
  const plain = ([1, 3, 6, 8] as const).find((turn) => sideOf(turn) === side)!;
  return side !== 0 && shares[side]! >= sure ? [{ id, turn: plain, looks: turnNames[plain], probability: shares[side]! }] : [];
}

/** Two halves, patients whole. */
function splitGroups({ cases }: Pick<Dataset, "cases">, seed: number): [number[], number[]] {
  const groups = new Map<string, number[]>();
  cases.forEach(({ kin, patient, id }, i) => {
    const name = kin ?? patient ?? id;
    groups.set(name, [...(groups.get(name) ?? []), i]);
  });
  const halves: [number[], number[]] = [[], []];
  for (const group of seededRandom("orientation halves", seed).shuffle([...groups.values()])) halves[halves[0].length <= halves[1].length ? 0 : 1].push(...group);
  return halves;
}
