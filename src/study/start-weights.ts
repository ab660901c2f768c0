import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { InputError, seededRandom, type Tensor } from "../base/index.js";
import { sha256OfFile, withFileErrors } from "../files/index.js";
import { imagenetNormalization } from "../images/index.js";
import { architectures, initializeWeights, isArchitectureName, loadWeights, openWeights, readBundle, readWeights, statedNormalization, type Network } from "../models/index.js";
import type { GreyPolicy } from "./grey-policy.js";
import { networkOf, type StudyNetworks } from "./networks-of-study.js";
import type { PlannedCell } from "./plan.js";
import { chainThrough, type TransferLink } from "./transfer-chain.js";

/** Starting weights, read once for all folds. */
export interface StartSource {
  /** File name, without its path. */
  readonly file: string;
  readonly sha256: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What the images were normalized with when these weights were trained. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** How the weights came about, oldest first; this file is the last link. */
  readonly chain: readonly TransferLink[];
}

/** Name of a cell's starting weights among those of a run; undefined where it starts from nothing. */
export function startKey({ network, start }: Pick<PlannedCell, "network" | "start">): string | undefined {
  if (start === "none") return undefined;
  return start === "imagenet" ? network : `${start} ${network}`;
}

/** What a cell starts from; undefined for random weights. */
export function startOf(cell: Pick<PlannedCell, "network" | "start">, { starts }: { readonly starts: ReadonlyMap<string, StartSource> }): StartSource | undefined {
  const key = startKey(cell);
  return key === undefined ? undefined : starts.get(key);
}

/** Published weights; their images were normalized as the architecture says. */
async function openWeightsFile(file: string, network: string): Promise<StartSource> {
  const [name, sha256] = [path.basename(file), await sha256OfFile(file)];
  const opened = await openWeights(file);
  const { metadata } = opened;
  await opened.close();
  const tensors = await readWeights(file);
  const usual = isArchitectureName(network) ? architectures[network].preprocessing : imagenetNormalization;
  const { mean, std } = statedNormalization(network, { name, tensors: tensors.keys(), metadata }) ?? usual;
  return { file: name, sha256, tensors, normalization: { mean, std }, chain: [{ source: "imagenet", file: name, sha256, network }] };
}

/** Model files at a place: the file itself, a folder's own model, or the ones further down that lie in a folder of the network's name. */
async function modelsAt(place: string, network: string): Promise<string[]> {
  const found = await withFileErrors(place, () => stat(place));
  if (!found.isDirectory()) return [place];
  const names = await withFileErrors(place, () => readdir(place, { recursive: true }));
  if (names.includes("model.onnx")) return [path.join(place, "model.onnx")];
  return names.filter((name) => path.basename(name) === "model.onnx" && name.split(path.sep).includes(network)).sort().map((name) => path.join(place, name));
}

/** The model of an earlier run for one network. */
async function openModel(start: string, places: readonly string[], network: string, imported: StudyNetworks): Promise<StartSource> {
  const [files, others]: [string[], string[]] = [[], []];
  for (const place of places) {
    for (const file of await modelsAt(place, network)) {
      const { architecture } = (await readBundle(file)).metadata;
      if (architecture === network) files.push(file);
      else others.push(architecture);
    }
  }
  const [file, second] = files;
  if (file === undefined || second !== undefined) {
    const got = file === undefined ? (others.length > 0 ? `one of ${[...new Set(others)].join(", ")}` : "none") : `${files.length}: ${files.slice(0, 3).map((name) => path.join(path.basename(path.dirname(name)), path.basename(name))).join(", ")}`;
    throw new InputError("source-model", `${start}: expected one model of ${network}, got ${got}. Name the model file with --source ${start.slice("run:".length)}=FILE; the option may be given once per network.`);
  }
  const { graph, metadata } = await readBundle(file);
  const parameters = new Set(networkOf(network, imported).build({ classes: metadata.labels.length, inputSize: metadata.preprocessing.size }).parameters.map(({ name }) => name));
  const [name, sha256] = [path.basename(file), await sha256OfFile(file)];
  const { mean, std } = metadata.preprocessing;
  return {
    file: name,
    sha256,
    tensors: new Map([...graph.initializers].filter(([tensor]) => parameters.has(tensor))),
    normalization: { mean, std },
    chain: chainThrough({ source: start, file: name, sha256, metadata }),
  };
}

/** Starting weights at one place: a model file or folder of an earlier run, else a file of published weights. */
export async function openStart(place: string, network: string): Promise<StartSource> {
  const isRun = place.endsWith(".onnx") || (await withFileErrors(place, () => stat(place))).isDirectory();
  return isRun ? openModel("run:start", [place], network, new Map()) : openWeightsFile(place, network);
}

/** Where starting weights are to be found. */
export interface StartPlaces {
  /** Files of pretrained weights by network. */
  readonly weights?: Readonly<Record<string, string>>;
  /** Folders of earlier runs or model files by name; several where one name serves several networks. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Opens the weights that cells start from, each once.
 * @throws InputError `weights-needed`, `source-needed`, `source-model`; DataError for files that are damaged
 */
export async function openStarts(cells: readonly PlannedCell[], { weights = {}, sources = {} }: StartPlaces, imported: StudyNetworks = new Map()): Promise<Map<string, StartSource>> {
  const opened = new Map<string, StartSource>();
  for (const { network, row, start } of cells) {
    const key = startKey({ network, start });
    if (key === undefined || opened.has(key)) continue;
    if (start === "imagenet") {
      const own = imported.get(network)?.own;
      const file = weights[network];
      if (own !== undefined && file === undefined) {
        opened.set(key, own);
        continue;
      }
      if (file === undefined) throw missingWeights(network, row);
      opened.set(key, await openWeightsFile(file, network));
      continue;
    }
    const name = start.slice("run:".length);
    const places = sources[name] ?? [];
    if (places.length === 0) {
      throw new InputError("source-needed", `${row} of ${network} from ${start}: expected an earlier run, got none. Pass --source ${name}=FOLDER_OR_MODEL.`);
    }
    opened.set(key, await openModel(start, places, network, imported));
  }
  return opened;
}

/** The error for a regime that needs pretrained weights and has none: it says the two ways to get them. */
function missingWeights(network: string, row: string): InputError {
  return new InputError(
    "weights-needed",
    `${row} of ${network}: expected pretrained weights, got none. Pass --weights ${network}=FILE, or fetch the published ones with: osteon weights pull ${network}.`,
  );
}

/** Weights a task starts from: random, or the source's with a new head. Named by the seed and the fold. */
export function startWeights(network: Network, source: StartSource | undefined, { seed, fold, grey = "repeat" }: { seed: number; fold: number; grey?: GreyPolicy }): ReadonlyMap<string, Tensor<"float32">> {
  const random = seededRandom("start weights", network.architecture, seed, fold);
  if (source === undefined) return initializeWeights(network, random);
  return loadWeights(network, source.tensors, { head: "replace", random, ...(grey !== "repeat" && { adaptInput: grey }) }).weights;
}
