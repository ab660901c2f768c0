import path from "node:path";
import { InputError, unknownName, type OnProgress } from "../../base/index.js";
import { layersOf, methods, type MethodName } from "../../explain/index.js";
import { architectures, isArchitectureName } from "../../models/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readNames, regionOptions } from "../data-options.js";
import { engineOptions, readEngine } from "../engine-options.js";
import { explainImages } from "../explain-images.js";
import { describeTarget, foreignOptions, methodOptions, readAsking, readForeign, readMethods, readTarget, targetOptions } from "../explain-options.js";
import { exportExplained } from "../export-explained.js";
import { readGrey } from "../grey-option.js";
import { openExplainedModel, openExplainedWeights, type ExplainedModel } from "../open-explained-model.js";
import type { ImagePrediction } from "../predict-images.js";
import { readWindows, spacingOption } from "../read-windows.js";
import { textTable } from "../table.js";
import { mapFileKinds, writeExplanation, type MapFileKind, type WrittenExplanation } from "../write-explanations.js";

/** Samples with `all`, where what the methods take by themselves would be minutes: enough for a look. */
const fewerSamples: Partial<Record<MethodName, number>> = { rise: 800, lime: 400, "kernel-shap": 400, sobol: 528, hsic: 384 };

/** Images explained side by side: so many maps are held at once. */
const group = 8;

/** The model and the images, from what stands on the command line. */
async function openModel(context: Context, files: readonly string[], options: OptionValues): Promise<{ model: ExplainedModel; images: readonly string[] }> {
  const { architecture, weights, model: named } = options;
  if (typeof architecture === "string") {
    if (!isArchitectureName(architecture)) throw unknownName("network", architecture, Object.keys(architectures));
    if (typeof weights !== "string") throw new InputError("weights-needed", `explain --architecture ${architecture}: expected --weights FILE, got none. Fetch a published file with: osteon weights pull ${architecture}.`);
    return { model: await openExplainedWeights(architecture, path.resolve(context.folder, weights), readGrey(options["grey"])), images: files };
  }
  // The model may also be named first, or anywhere among the files.
  const models = typeof named === "string" ? [named] : files.filter((file) => file.endsWith(".onnx"));
  if (models.length !== 1) throw new InputError("model-needed", `explain: expected one model file, got ${models.length === 0 ? "none" : models.join(", ")}. Name it with --model FILE.onnx.`);
  const model = await openExplainedModel(path.resolve(context.folder, models[0]!), await readForeign(options, context.folder));
  return { model, images: typeof named === "string" ? files : files.filter((file) => file !== models[0]) };
}

function listMethods(context: Context, options: OptionValues): void {
  const rows = Object.entries(methods).map(([name, { title, summary, reference, signed, sign, needs, cost }]) => ({ name, title, summary, reference, signed, sign, needs, cost }));
  if (options["json"] === true) return context.out(JSON.stringify(rows, null, 2));
  context.out(textTable(["method", "needs", "forward", "backward", "signed", "what it is"], rows.map(({ name, needs, cost, signed, summary }) => [name, needs.join(" + "), String(cost.forward), String(cost.backward), signed ? "yes" : "no", summary])));
}

function listLayers(context: Context, { inside, name }: ExplainedModel, options: OptionValues): void {
  if (inside === undefined) throw new InputError("layers-unknown", `${name}: expected a network with known layers, got a model of which only predictions can be had. Leave --layer out.`);
  const layers = layersOf(inside.network.graph).map((layer) => ({ name: layer.name, channels: Number(layer.shape[1]), height: Number(layer.shape[2]), width: Number(layer.shape[3]), isDefault: layer.name === inside.network.camLayer }));
  if (options["json"] === true) return context.out(JSON.stringify(layers, null, 2));
  context.out(textTable(["layer", "channels", "extent", ""], layers.map((layer) => [layer.name, String(layer.channels), `${layer.height} x ${layer.width}`, layer.isDefault ? "explained by default" : ""])));
}

/** A folder of its own for each image, by its name; a number is put in where two are called the same. */
function foldersOf(images: readonly string[], out: string): string[] {
  const used = new Set<string>();
  return images.map((image) => {
    const base = path.parse(image).name;
    let name = base;
    for (let n = 2; used.has(name); n++) name = `${base}-${n}`;
    used.add(name);
    return path.join(out, name);
  });
}

const spacing = (options: OptionValues): number | undefined => (typeof options["spacingMm"] === "string" ? Number(options["spacingMm"]) : undefined);

function readKinds(value: OptionValues[string]): readonly MapFileKind[] {
  const words = readNames(value);
  if (words === undefined) return mapFileKinds;
  if (words.join() === "none") return [];
  for (const word of words) if (!(mapFileKinds as readonly string[]).includes(word)) throw unknownName("kind of file", word, [...mapFileKinds]);
  return words as MapFileKind[];
}

interface Explained {
  readonly prediction: ImagePrediction;
  readonly image: string;
  readonly folder: string;
  readonly written: WrittenExplanation;
  readonly refused: readonly { method: string; reason: string }[];
}

async function explainAll(context: Context, { model, images }: { model: ExplainedModel; images: readonly string[] }, options: OptionValues): Promise<Explained[]> {
  const { names, all } = readMethods(options["methods"]);
  const predictionsOnly = model.inside === undefined;
  const fitting = predictionsOnly && all ? names.filter((name) => methods[name].needs.every((need) => need === "predictions")) : names;
  const target = readTarget(options, model.labels);
  const asking = readAsking(options);
  const engine = await readEngine(options, context);
  const layer = typeof options["layer"] === "string" ? options["layer"].split(",").map((one) => one.trim()) : undefined;
  const files = images.map((image) => path.resolve(context.folder, image));
  const predictions = await model.look(files, { windowOf: await readWindows(files, options, context.folder), engine, signal: context.signal });
  const kinds = readKinds(options["files"]);
  const folders = foldersOf(images, path.resolve(context.folder, options["out"] as string));
  const notes = all && asking.samples === undefined ? [fewerSamplesNote(fitting)] : [];
  for (const note of [...model.remarks, ...notes]) context.note(note);
  predictions.forEach(({ scope }, i) => {
    if (scope.verdict === "out-of-scope") context.note(`${images[i]!}: out of scope of the model, explained all the same: ${scope.reasons.join("; ")}`);
  });
  const found: Explained[] = [];
  for (let first = 0; first < files.length; first += group) {
    const some = predictions.slice(first, first + group);
    const onProgress: OnProgress = (progress) => context.onProgress({ ...progress, task: files.length > group ? `explaining images ${first + 1} to ${first + some.length} of ${files.length}` : "explaining" });
    const { maps, refused } = await explainImages(model, some, {
      names: fitting,
      lenient: all,
      target,
      layer: layer?.length === 1 ? layer[0] : layer,
      asking,
      engine,
      samples: all ? fewerSamples : {},
      onProgress,
      signal: context.signal,
    });
    for (const [i, prediction] of some.entries()) {
      const { label, probabilities } = prediction;
      const explained = describeTarget(target, model.labels, label);
      const lines = [
        `Predicted: ${label}, probability ${probabilities[label]!.toFixed(3)}. Explained: ${explained}.`,
        `Model: ${model.name}${model.inside ? `. Layer of class activation: ${layer?.join(", ") ?? model.inside.network.camLayer}` : ""}. For research, not a medical device.`,
      ];
      const facts = { model: model.name, predicted: label, probabilities, target, explained, ...(model.inside && { layer: layer ?? [model.inside.network.camLayer] }), options: asking };
      const spacingMm = spacing(options);
      const written = await writeExplanation(prediction, maps[i]!, { folder: folders[first + i]!, lines, notes, refused, facts, kinds, ...(spacingMm !== undefined && { spacingMm }) });
      found.push({ prediction, image: images[first + i]!, folder: folders[first + i]!, written, refused });
    }
  }
  return found;
}

function fewerSamplesNote(names: readonly MethodName[]): string {
  const shown = names.flatMap((name) => (fewerSamples[name] === undefined ? [] : [`${methods[name].title} ${fewerSamples[name]} of ${(methods[name] as { samples?: number }).samples}`]));
  return `With all methods fewer samples are drawn than by default: ${shown.join(", ")}. Say otherwise with --samples, or name one method.`;
}

function show(context: Context, explained: readonly Explained[], options: OptionValues): void {
  const rows = explained.map(({ prediction: { label, probabilities }, image, folder, written, refused }) => ({
    file: image,
    label,
    probability: probabilities[label]!,
    probabilities,
    folder,
    sheet: written.sheet,
    ...(written.spacingMm && { spacingMm: written.spacingMm }),
    maps: written.maps,
    refused,
  }));
  if (options["json"] === true) return context.out(JSON.stringify(rows, null, 2));
  context.out(textTable(["image", "class", "probability", "maps", "contact sheet"], rows.map(({ file, label, probability, maps, sheet }) => [file, label, probability.toFixed(4), String(maps.length), sheet])));
  for (const { file, maps, refused } of rows) {
    const zero = maps.filter(({ peak }) => peak < 1e-12).map(({ method }) => method);
    if (zero.length > 0) context.note(`${file}: zero everywhere: ${zero.join(", ")}.`);
    for (const { method, reason } of refused) context.note(`${file}: not drawn: ${method}. ${reason}`);
  }
  context.note("For research. Not a medical device.");
}

export const explain: Command = {
  description:
    "Draws, for each image, a contact sheet of the maps of every method asked for, and writes each map at the image's own size as 16-bit PNG, NumPy and NIfTI file and over the image. " +
    "Models are files of Osteon, ONNX classifiers from elsewhere, or any ONNX file from images to scores, of which methods that need predictions alone make maps.",
  arguments: [{ name: "[files...]", description: "PNG, JPEG or DICOM files, and the model where --model is left out" }],
  options: [
    { flags: "--model <file>", description: "ONNX file of the classifier" },
    { flags: "--methods <names>", description: "all, or names separated by commas (default: grad-cam)" },
    { flags: "--out <folder>", description: "folder for the results, one folder per image", default: "osteon-maps" },
    { flags: "--files <kinds>", description: "what is written of each map beside the sheet: png, npy, nifti, overlay, separated by commas, or none (default: all four)" },
    { flags: "--list", description: "list the methods with what they need and cost" },
    { flags: "--export <file>", description: "write model and method as one ONNX file, from the image to prediction and map, for any runtime" },
    ...regionOptions,
    { ...spacingOption, description: "size of a pixel for the NIfTI files, and where the model's margin is in millimetres (default: what a PNG states)" },
    ...targetOptions,
    ...methodOptions,
    ...foreignOptions,
    ...engineOptions,
    { flags: "--architecture <name>", description: "network of the shelf in place of --model, see: osteon models", group: "Models of other makers:" },
    { flags: "--weights <file>", description: "its weights: .safetensors, .pth, .h5, .keras or .onnx", group: "Models of other makers:" },
    { flags: "--grey <how>", description: "with --architecture, for grey images: sum, mean or repeat (default: repeat)", choices: ["sum", "mean", "repeat"], group: "Models of other makers:" },
  ],
  examples: [
    "osteon explain radiograph.png --model model.onnx",
    "osteon explain radiograph.png --model model.onnx --methods all --out maps/",
    "osteon explain *.png --model model.onnx --methods grad-cam,lime,saliency --target scoliosis --against normal --json",
    "osteon explain --model model.onnx --layer",
    "osteon explain --model model.onnx --methods smooth-grad --export explained.onnx",
    "osteon explain radiograph.png --model squeezenet.onnx --labels normal,scoliosis --methods rise --samples 1000",
  ],
  async run(context, files, options) {
    if (options["list"] === true) return listMethods(context, options);
    const { model, images } = await openModel(context, files, options);
    try {
      if (options["layer"] === true) return listLayers(context, model, options);
      if (typeof options["export"] === "string") return await exportExplained(context, model, options);
      if (images.length === 0) throw new InputError("command-line", "explain: expected an image, got none. Name at least one PNG, JPEG or DICOM file.");
      show(context, await explainAll(context, { model, images }, options), options);
    } finally {
      await model.release();
    }
  },
};
