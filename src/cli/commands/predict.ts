import path from "node:path";
import { InputError, unknownName } from "../../base/index.js";
import type { EngineOptions } from "../../engine/index.js";
import { architectures, isArchitectureName } from "../../models/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readCount, regionOptions } from "../data-options.js";
import { engineOptions, readEngine } from "../engine-options.js";
import { readGrey } from "../grey-option.js";
import { logPredictions } from "../log-predictions.js";
import { predictImages, runImages, type DeclinedImage, type ImagePrediction, type PredictOptions } from "../predict-images.js";
import { openPlainWeights } from "../predict-weights.js";
import { readWindows, spacingOption } from "../read-windows.js";
import { textTable } from "../table.js";
import { writeOverlays } from "../write-overlays.js";

/** What both kinds of model are asked for. */
interface Request {
  /** Images as they were named, and where they are. */
  readonly images: readonly string[];
  readonly files: readonly string[];
  readonly overlays: string | undefined;
  readonly windowOf: PredictOptions["windowOf"];
  readonly asJson: boolean;
  /** Predict what is out of scope as well. */
  readonly acceptsAll: boolean;
  /** File that predictions are noted in, for `osteon monitor`. */
  readonly log: string | undefined;
  readonly engine: EngineOptions;
}

const progressOf = (context: Context): { signal: AbortSignal; onProgress: (done: number, total: number) => void } => ({
  signal: context.signal,
  onProgress: (done, total) => total > 5 && context.onProgress({ task: "predicting", done, total, unit: "images" }),
});

async function predictByModel(context: Context, model: string, { images, files, overlays: folder, asJson, windowOf, acceptsAll, log, engine }: Request): Promise<void> {
  const modelFile = path.resolve(context.folder, model);
  const declined: DeclinedImage[] = [];
  const { metadata, predictions } = await predictImages(modelFile, files, { ...progressOf(context), engine, windowOf, ...(acceptsAll ? {} : { onDeclined: (one) => void declined.push(one) }) });
  const overlays = folder === undefined ? undefined : await writeOverlays(predictions, folder);
  if (log !== undefined) await logPredictions(log, { modelFile, predictions, declined });
  const nameOf = new Map(files.map((file, i) => [file, images[i]!]));
  if (asJson) {
    const overlayOf = new Map(predictions.map(({ file }, i) => [file, overlays?.[i]]));
    const rows = predictions.map(({ file, label, probabilities, map, window, scope }) => ({
      file: nameOf.get(file),
      label,
      probabilities,
      map: { height: map.height, width: map.width, values: Array.from(map.values) },
      ...(window && { window }),
      scope,
      ...(overlays && { overlay: overlayOf.get(file) }),
    }));
    const refused = declined.map(({ file, scope }) => ({ file: nameOf.get(file), scope }));
    return context.out(JSON.stringify({ model: { architecture: metadata.architecture, labels: metadata.labels, ...(metadata.scope && { scope: { trainedOn: metadata.scope.trainedOn, distance: metadata.scope.distance } }) }, predictions: rows, declined: refused }, null, 2));
  }
  if (predictions.length > 0) context.out(textTable(["image", "class", ...metadata.labels.map((label) => `p(${label})`)], predictions.map(({ file, label, probabilities }) => [nameOf.get(file)!, label, ...metadata.labels.map((name) => probabilities[name]!.toFixed(4))])));
  for (const { file, scope } of declined) context.out(`${nameOf.get(file)!}: declined: ${scope.reasons.join("; ")}`);
  for (const file of overlays ?? []) context.out(`overlay ${file}`);
  for (const { file, scope } of predictions) if (scope.verdict === "out-of-scope") context.note(`${nameOf.get(file)!}: out of scope, predicted all the same: ${scope.reasons.join("; ")}`);
  for (const remark of new Set(predictions.flatMap(({ scope }) => scope.remarks))) context.note(`scope: ${remark}`);
  if (declined.length > 0) context.note(`${declined.length} of ${files.length} images are none that this model was made for. With --accept-out-of-scope they are predicted all the same.`);
}

/** The likeliest classes of a prediction, the first first. */
function best({ probabilities, logits }: ImagePrediction, count: number): { index: number; label: string; probability: number; logit: number }[] {
  return Object.entries(probabilities)
    .map(([label, probability], index) => ({ index, label, probability, logit: logits[index]! }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, count);
}

async function predictByWeights(
  context: Context,
  { architecture, options }: { architecture: string; options: OptionValues },
  { images, files, overlays: folder, asJson, engine }: Request,
): Promise<void> {
  if (!isArchitectureName(architecture)) throw unknownName("network", architecture, Object.keys(architectures));
  const weights = options["weights"];
  if (typeof weights !== "string") throw new InputError("weights-needed", `predict --architecture ${architecture}: expected --weights FILE, got none. Fetch a published file with: osteon weights pull ${architecture}.`);
  const count = readCount(options["top"], "--top") ?? 5;
  const model = await openPlainWeights(architecture, path.resolve(context.folder, weights), { grey: readGrey(options["grey"]), maps: folder === undefined ? "none" : "grad-cam" });
  const predictions = await runImages(model.graph, { preprocessing: model.preprocessing, labels: model.labels, files }, { ...progressOf(context), engine });
  const overlays = folder === undefined ? undefined : await writeOverlays(predictions, folder);
  const rows = predictions.map((prediction, i) => {
    const top = best(prediction, count);
    const { index, label, probability } = top[0]!;
    return { file: images[i]!, label, index, probability, top, ...(overlays && { overlay: overlays[i] }) };
  });
  if (asJson) {
    const { preprocessing, labels, sha256, remarks } = model;
    return context.out(JSON.stringify({ model: { architecture, weights: path.basename(weights), sha256, classes: labels.length, preprocessing, remarks }, predictions: rows }, null, 2));
  }
  context.out(textTable(["image", "class", "number", "probability"], rows.flatMap(({ file, top }) => top.map(({ index, label, probability }, i) => [i === 0 ? file : "", label, String(index), probability.toFixed(4)]))));
  for (const file of overlays ?? []) context.out(`overlay ${file}`);
  for (const remark of model.remarks) context.note(remark);
}

export const predict: Command = {
  description:
    "Prints the class and the probabilities of each image. With --overlays, the heat map of the predicted class is laid over each image. " +
    "An image that the model was not made for, by its DICOM header or by its distance from the training images, is declined with the reason. " +
    "With --architecture and --weights there is no model file and every name is an image: a network of the shelf runs with a file's weights and, for 1000 classes, ImageNet's labels.",
  arguments: [
    { name: "<model>", description: "model.onnx of a run, or any model file of Osteon; with --architecture, the first image" },
    { name: "[image...]", description: "PNG, JPEG or DICOM files" },
  ],
  options: [
    { flags: "--overlays <folder>", description: "write the heat maps over the images as PNG files" },
    ...regionOptions,
    spacingOption,
    ...engineOptions,
    { flags: "--accept-out-of-scope", description: "predict images that the model was not made for, too" },
    { flags: "--log <file>", description: "note each prediction for osteon monitor, without file names and patient data" },
    { flags: "--architecture <name>", description: "network of the shelf, see: osteon models" },
    { flags: "--weights <file>", description: "its weights: .safetensors, .pth, .h5, .keras or .onnx" },
    { flags: "--grey <how>", description: "with --architecture, for grey images: sum or mean of the first convolution's weights over its channels, or repeat the image (default: repeat)", choices: ["sum", "mean", "repeat"] },
    { flags: "--top <n>", description: "with --architecture, classes to show for each image (default: 5)" },
  ],
  examples: [
    "osteon predict model.onnx radiograph.png",
    "osteon predict model.onnx *.jpg --json",
    "osteon predict model.onnx *.png --overlays maps/",
    "osteon predict model.onnx study/*.dcm --log predictions.jsonl",
    "osteon predict --architecture mobilenet_v2 --weights mobilenet_v2.pth cat.png --json",
  ],
  async run(context, [first, ...rest], options) {
    const { architecture, weights, overlays } = options;
    const images = architecture === undefined ? rest : [first!, ...rest];
    if (images.length === 0) throw new InputError("command-line", "missing required argument 'image'. Name at least one PNG, JPEG or DICOM file.");
    if (architecture === undefined && weights !== undefined) throw new InputError("architecture-needed", "--weights: expected --architecture with it, got none. Name the network that the weights are for.");
    const files = images.map((image) => path.resolve(context.folder, image));
    const request: Request = {
      engine: await readEngine(options, context),
      images,
      files,
      windowOf: await readWindows(files, options, context.folder),
      overlays: typeof overlays === "string" ? path.resolve(context.folder, overlays) : undefined,
      asJson: options["json"] === true,
      acceptsAll: options["acceptOutOfScope"] === true,
      log: typeof options["log"] === "string" ? path.resolve(context.folder, options["log"]) : undefined,
    };
    if (typeof architecture === "string") await predictByWeights(context, { architecture, options }, request);
    else await predictByModel(context, first!, request);
    context.note("For research. Not a medical device.");
  },
};
