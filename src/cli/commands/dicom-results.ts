import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { DataError, InputError, unknownName } from "../../base/index.js";
import { checkDicom, looksLikeDicom, parseDicom, placeMap, resultKinds, writeResults, type Code, type ResultKind, type ResultMap, type ResultPrediction, type WrittenResults } from "../../dicom/index.js";
import { sha256OfFile, withFileErrors, writeFileAtomic } from "../../files/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readNames } from "../data-options.js";
import { predictImages, type DeclinedImage, type ImagePrediction } from "../predict-images.js";
import { textTable } from "../table.js";
import { osteonVersion } from "../version.js";

const codesSchema = z.record(z.string(), z.strictObject({ value: z.string().min(1).max(16), scheme: z.string().min(1).max(16), meaning: z.string().min(1).max(64) }));

/** What shapes the objects beside image and model. */
interface Wishes {
  readonly malformedUids: "replaced" | "kept";
  readonly kinds: readonly ResultKind[];
  readonly made: Date;
  readonly parametricMapGrid: "image" | "map";
  readonly codes: Readonly<Record<string, Code>>;
  readonly threshold: { readonly label: string; readonly probability: number } | undefined;
  readonly mapThreshold: number | undefined;
  /** Part of every UID, so that other wishes make other objects. */
  readonly settings: string;
}

const text = (value: OptionValues[string]): string | undefined => (typeof value === "string" ? value : undefined);

async function readCodes(context: Context, named: string | undefined): Promise<Record<string, Code>> {
  if (named === undefined) return {};
  const content = await withFileErrors(named, () => readFile(path.resolve(context.folder, named), "utf8"));
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new DataError("codes-file", `${named}: expected JSON with a code for each class, got text that is not JSON. Write {"fracture": {"value": "125605004", "scheme": "SCT", "meaning": "Fracture of bone"}}.`);
  }
  const parsed = codesSchema.safeParse(value);
  if (!parsed.success) throw new DataError("codes-file", `${named}: expected value, scheme and meaning for each class, got another thing at ${parsed.error.issues[0]!.path.join(".") || "its top"}. Correct the file.`);
  return parsed.data;
}

function readShare(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const share = value === "" ? Number.NaN : Number(value);
  if (!(share > 0 && share <= 1)) throw new InputError("option-share", `${option}: expected a share above 0 to 1, got "${value}". Write 0.5 for a half.`);
  return share;
}

async function readWishes(context: Context, options: OptionValues): Promise<Wishes> {
  const kinds = readNames(options["kinds"]) ?? resultKinds;
  for (const kind of kinds) if (!(resultKinds as readonly string[]).includes(kind)) throw unknownName("kind of object", kind, resultKinds);
  const told = text(options["made"]);
  const made = told === undefined ? new Date() : new Date(told);
  if (Number.isNaN(made.getTime())) throw new InputError("option-time", `--made: expected a time such as 2026-11-22T10:15:00Z, got "${told}". Correct the option.`);
  const decision = text(options["threshold"]);
  const found = decision === undefined ? undefined : /^(.+)=([\d.]+)$/.exec(decision);
  if (found === null) throw new InputError("option-pair", `--threshold: expected class=probability, got "${decision}". Write scoliosis=0.3, for example.`);
  const threshold = found === undefined ? undefined : { label: found[1]!, probability: readShare(found[2], "--threshold")! };
  const mapThreshold = readShare(text(options["mapThreshold"]), "--map-threshold");
  const codes = await readCodes(context, text(options["codes"]));
  const parametricMapGrid = options["mapGrid"] === "map" ? "map" : "image";
  const shaping = { threshold, mapThreshold, codes, grid: parametricMapGrid };
  const plain = threshold === undefined && mapThreshold === undefined && Object.keys(codes).length === 0 && parametricMapGrid === "image";
  return { kinds: kinds as readonly ResultKind[], malformedUids: options["keepMalformedUids"] === true ? "kept" : "replaced", made, parametricMapGrid, codes, threshold, mapThreshold, settings: plain ? "" : JSON.stringify(shaping) };
}

/** The class decided for: the one with a threshold where it reaches that, else the likeliest of the others. */
function decide({ probabilities }: ImagePrediction, threshold: Wishes["threshold"]): string {
  const ranked = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  if (threshold === undefined) return ranked[0]![0];
  if (probabilities[threshold.label] === undefined) throw unknownName("class", threshold.label, Object.keys(probabilities));
  return probabilities[threshold.label]! >= threshold.probability ? threshold.label : ranked.find(([label]) => label !== threshold.label)![0];
}

async function writeOne(prediction: ImagePrediction, model: ResultPrediction["model"], wishes: Wishes): Promise<WrittenResults> {
  const file = parseDicom(await withFileErrors(path.basename(prediction.file), () => readFile(prediction.file)), { name: path.basename(prediction.file) });
  const { map, placement, label, probabilities } = prediction;
  // The map is that of the likeliest class, whatever a threshold decides.
  const resultMap: ResultMap | undefined =
    map.values.length === 0 ? undefined : { ...map, toImage: placeMap(file, placement, map), label, method: "Grad-CAM", ...(wishes.mapThreshold !== undefined && { threshold: wishes.mapThreshold }) };
  return writeResults(
    {
      model,
      classes: Object.entries(probabilities).map(([name, probability]) => ({ label: name, probability: Math.min(1, Math.max(0, probability)), ...(wishes.codes[name] && { code: wishes.codes[name] }) })),
      decided: decide(prediction, wishes.threshold),
      ...(wishes.threshold && { threshold: wishes.threshold.probability }),
      ...(resultMap && { map: resultMap }),
      settings: wishes.settings,
    },
    { file },
    { made: wishes.made, kinds: wishes.kinds, parametricMapGrid: wishes.parametricMapGrid, malformedUids: wishes.malformedUids, softwareVersion: osteonVersion() },
  );
}

export const dicomResults: Command = {
  description:
    "Predicts on DICOM images and writes what a PACS can hold of it: a structured report (TID 1500), the heat map as Parametric Map, segmentation and picture, a presentation state and a key object note. " +
    "They join the study of their image; their UIDs follow from image, model, kind and options, so that the same result is the same objects however often it is written. " +
    "What does not fit an image is left out, with the reason. Files are numbered in the order of the images, as names may tell who a patient is. docs/dicom-results.md tells what is in them.",
  arguments: [
    { name: "<model>", description: "model.onnx of a run, or any model file of Osteon" },
    { name: "<image...>", description: "DICOM images of one frame" },
  ],
  options: [
    { flags: "--out <folder>", description: "folder to write to", default: "results" },
    { flags: "--kinds <names>", description: `objects to write, separated by commas, of ${resultKinds.join(", ")} (default: all)` },
    { flags: "--threshold <class=probability>", description: "decide for this class from this probability on (default: the likeliest class)" },
    { flags: "--map-threshold <share>", description: "share of the heat map's peak from which on its region is told (default: 0.5)" },
    { flags: "--map-grid <grid>", description: "pixels of the Parametric Map: the image's, or the network's own cells", choices: ["image", "map"], default: "image" },
    { flags: "--codes <file>", description: "JSON with value, scheme and meaning for class names, where the built-in codes do not fit" },
    { flags: "--model-name <name>", description: "what the report calls the model (default: its network)" },
    { flags: "--model-version <version>", description: "version the report gives (default: first digits of the file's SHA-256)" },
    { flags: "--keep-malformed-uids", description: "let malformed UIDs of an image stand in its results, so that these stay in its study, instead of valid ones made from them" },
    { flags: "--made <time>", description: "time of the result: the same time gives the same bytes (default: now)" },
    { flags: "--accept-out-of-scope", description: "write results of images that the model was not made for, too" },
    { flags: "--check", description: "check every object as `osteon dicom check` does, and end with code 1 at an error" },
  ],
  examples: [
    "osteon dicom results model.onnx radiograph.dcm --out results/",
    "osteon dicom results model.onnx radiograph.dcm --kinds structured-report,secondary-capture --out results/",
    "osteon dicom results model.onnx *.dcm --threshold scoliosis=0.3 --codes codes.json --check --out results/",
  ],
  async run(context, [modelName, ...images], options) {
    const wishes = await readWishes(context, options);
    const modelFile = path.resolve(context.folder, modelName!);
    const files = images.map((image) => path.resolve(context.folder, image));
    for (const [i, file] of files.entries()) {
      const bytes = await withFileErrors(images[i]!, () => readFile(file));
      if (!looksLikeDicom(bytes)) throw new DataError("dicom-format", `${images[i]}: expected a DICOM image, as results join its study, got another file. For PNG and JPEG use osteon predict --overlays.`);
    }
    const declined: DeclinedImage[] = [];
    const { metadata, predictions } = await predictImages(modelFile, files, {
      signal: context.signal,
      onProgress: (done, total) => total > 5 && context.onProgress({ task: "predicting", done, total, unit: "images" }),
      ...(options["acceptOutOfScope"] !== true && { onDeclined: (one) => void declined.push(one) }),
    });
    const sha256 = await sha256OfFile(modelFile);
    const model = { name: text(options["modelName"]) ?? metadata.architecture, version: text(options["modelVersion"]) ?? sha256.slice(0, 12), sha256, architecture: metadata.architecture };
    const folder = path.resolve(context.folder, options["out"] as string);
    const rows: { image: string; kind: ResultKind; file: string; sopClassUid: string; sopInstanceUid: string; errors?: number }[] = [];
    const remarks: { image: string; kind?: ResultKind; reason: string }[] = declined.map(({ file, scope }) => ({ image: images[files.indexOf(file)]!, reason: `declined: ${scope.reasons.join("; ")}` }));
    const digits = String(files.length).length;
    for (const prediction of predictions) {
      context.signal.throwIfAborted();
      const number = files.indexOf(prediction.file);
      const image = images[number]!;
      const { objects, leftOut, warnings } = await writeOne(prediction, model, wishes);
      for (const { kind, bytes, sopClassUid, sopInstanceUid } of objects) {
        const name = files.length === 1 ? `${kind}.dcm` : `${String(number + 1).padStart(digits, "0")}-${kind}.dcm`;
        await writeFileAtomic(path.join(folder, name), bytes);
        const check = options["check"] === true ? await checkDicom(bytes, { name }) : undefined;
        for (const { severity, message } of check?.findings ?? []) if (severity === "error") remarks.push({ image, kind, reason: message });
        rows.push({ image, kind, file: path.join(options["out"] as string, name), sopClassUid, sopInstanceUid, ...(check && { errors: check.errors }) });
      }
      remarks.push(...leftOut.map(({ kind, reason }) => ({ image, kind, reason: `left out: ${reason}` })), ...warnings.map(({ message }) => ({ image, reason: message })));
    }
    if (rows.some(({ errors = 0 }) => errors > 0)) context.endWith(1);
    if (options["json"] === true) return context.out(JSON.stringify({ model, objects: rows, remarks }, null, 2));
    const checked = options["check"] === true;
    if (rows.length > 0) context.out(textTable(["image", "object", "file", ...(checked ? ["errors"] : [])], rows.map(({ image, kind, file, errors = 0 }) => [image, kind, file, ...(checked ? [String(errors)] : [])])));
    for (const { image, kind, reason } of remarks) context.out(`${image}: ${kind === undefined ? "" : `${kind} `}${reason}`);
    context.note("For research. Not a medical device.");
  },
};
