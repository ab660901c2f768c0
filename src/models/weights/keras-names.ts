// Keras keeps weights by layer: whatever the form of the file, they get the names "<layer>/<position>" here, in the order
// in which Keras itself takes them, which is what it matches when it loads.
import { DataError } from "../../base/index.js";
import type { Hdf5File } from "./hdf5/hdf5-file.js";

/** Where each tensor lies in the file, by its name `"<layer>/<position>"`. */
export type KerasTensors = Map<string, string>;

/** Whether every name is one that {@link listLegacyTensors} or {@link listLayerTensors} gives. */
export function areKerasNames(names: Iterable<string>): boolean {
  let any = false;
  for (const name of names) {
    if (!/^.+\/\d+$/.test(name)) return false;
    any = true;
  }
  return any;
}

/** Gives positions layer by layer. */
class Positions {
  readonly tensors: KerasTensors = new Map();
  readonly #next = new Map<string, number>();

  add(layer: string, path: string): void {
    const position = this.#next.get(layer) ?? 0;
    this.#next.set(layer, position + 1);
    this.tensors.set(`${layer}/${position}`, path);
  }
}

/** A list that Keras splits into `name0`, `name1` ... where it does not fit into one attribute. */
function listOf(attributes: ReadonlyMap<string, readonly string[]> | undefined, name: string): readonly string[] | undefined {
  const whole = attributes?.get(name);
  if (whole !== undefined || attributes === undefined) return whole;
  const parts: string[] = [];
  for (let i = 0; attributes.has(`${name}${i}`); i++) parts.push(...attributes.get(`${name}${i}`)!);
  return parts.length > 0 ? parts : undefined;
}

/**
 * Layer of a weight of Keras 1 and 2: the scope its name begins with, or the group it lies in. A weight of a nested
 * model or block has a scope of its own.
 */
function layerOf(group: string, weight: string): string {
  const scope = weight.slice(0, Math.max(0, weight.lastIndexOf("/")));
  if (scope === "" || scope === group || scope.endsWith(`/${group}`)) return group;
  return scope.startsWith(`${group}/`) ? scope.slice(group.length + 1) : scope;
}

/**
 * Weights of Keras 1 and 2 and of `.h5` files of Keras 3, or undefined for another kind of file. Where the whole
 * model was saved, its weights lie in the group "model_weights".
 * @throws DataError `keras-h5` for a weight that is announced and not there
 */
export function listLegacyTensors(file: Hdf5File, fileName: string): KerasTensors | undefined {
  const root = ["", "model_weights"].find((path) => listOf(file.attributes.get(path), "layer_names") !== undefined);
  if (root === undefined) return undefined;
  const prefix = root === "" ? "" : `${root}/`;
  const positions = new Positions();
  for (const layer of listOf(file.attributes.get(root), "layer_names")!) {
    for (const weight of listOf(file.attributes.get(`${prefix}${layer}`), "weight_names") ?? []) {
      const path = `${prefix}${layer}/${weight}`.replaceAll(/\/+/g, "/");
      if (!file.datasets.has(path)) throw new DataError("keras-h5", `${fileName}: expected the values of ${JSON.stringify(weight.slice(0, 200))}, got none. Save the weights again.`);
      positions.add(layerOf(layer, weight), path);
    }
  }
  return positions.tensors;
}

/** Layer names by the paths that Keras 3 gives them in a file. */
export type LayerPaths = ReadonlyMap<string, string>;

/**
 * Weights of Keras 3: data sets "layers/<path>/vars/<position>". Their layer is named by an attribute, by the model's
 * description, or, where there is neither, by its path.
 */
export function listLayerTensors(file: Hdf5File, names: LayerPaths = new Map()): KerasTensors | undefined {
  const found = new Map<string, [number, string][]>();
  for (const path of file.datasets.keys()) {
    const match = /^(?:layers|_layer_checkpoint_dependencies)\/(.+)\/vars\/(\d{1,6})$/.exec(path);
    if (match === null) continue;
    const inner = match[1]!.replaceAll("/_layer_checkpoint_dependencies/", "/layers/");
    const vars = path.slice(0, path.lastIndexOf("/"));
    const attribute = file.attributes.get(vars)?.get("name") ?? file.attributes.get(vars.slice(0, -"/vars".length))?.get("name");
    const layer = names.get(inner) ?? attribute?.[0] ?? inner;
    const list = found.get(layer) ?? [];
    list.push([Number(match[2]), path]);
    found.set(layer, list);
  }
  if (found.size === 0) return undefined;
  const positions = new Positions();
  for (const [layer, list] of found) {
    for (const [, path] of list.toSorted((a, b) => a[0] - b[0])) positions.add(layer, path);
  }
  return positions.tensors;
}

/** `"DepthwiseConv2D"` -> `"depthwise_conv2d"`, as Keras spells classes in files. */
const snakeCase = (name: string): string =>
  name.replaceAll(/\W+/g, "").replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2").replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();

/**
 * Layer names from the description of a model, config.json of a `.keras` file: the paths count the layers of each class.
 * @returns names by path; empty for a description of another form
 */
export function readLayerPaths(config: unknown): LayerPaths {
  const paths = new Map<string, string>();
  const walk = (model: unknown, prefix: string, depth: number): void => {
    const layers = fieldOf(fieldOf(model, "config"), "layers");
    if (!Array.isArray(layers) || depth > 8) return;
    const used = new Map<string, number>();
    for (const layer of layers as unknown[]) {
      const [className, own] = [fieldOf(layer, "class_name"), fieldOf(fieldOf(layer, "config"), "name")];
      if (typeof className !== "string" || typeof own !== "string") continue;
      const base = snakeCase(className);
      const count = used.get(base);
      used.set(base, (count ?? 0) + 1);
      const path = `${prefix}${base}${count === undefined ? "" : `_${count}`}`;
      paths.set(path, own);
      walk(layer, `${path}/layers/`, depth + 1);
    }
  };
  walk(config, "", 0);
  return paths;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
