import { createHash } from "node:crypto";
import path from "node:path";
import { DataError } from "../../base/index.js";
import { parseDicom, placeMap, readAcquisition, writeResults, type DicomFile, type ResultKind } from "../../dicom/index.js";
import { sha256OfFile, withFileErrors } from "../../files/index.js";
import { decodeImage, type DecodedImage } from "../../images/index.js";
import { judgeScope, openPredictor, outputsOfBundle, readBundle, type BundleMetadata, type LookedAt, type Predictor } from "../../models/index.js";
import { chooseModel, readRoutedImage } from "../routing/choose-model.js";
import type { Rule } from "../routing/rules.js";
import type { Analyst, Judgement } from "./contract.js";

export interface AnalystOptions {
  /** Model files by the name that rules call them. */
  readonly models: Readonly<Record<string, { readonly file: string; readonly threads?: number }>>;
  readonly rules: readonly Rule[];
  readonly kinds: readonly ResultKind[];
  readonly softwareVersion: string;
}

interface LoadedModel {
  readonly name: string;
  readonly sha256: string;
  readonly metadata: BundleMetadata;
  readonly predictor: Predictor;
}

/** Maker of this program's results, and of its simulated images, which are no results. */
const ownMaker = "Osteon";

async function loadModel(name: string, { file, threads }: { readonly file: string; readonly threads?: number }): Promise<LoadedModel> {
  const { graph, metadata } = await readBundle(file);
  const missing = outputsOfBundle(metadata).find((wanted) => !graph.outputs.some((output) => output.name === wanted));
  if (missing !== undefined) throw new DataError("model-outputs", `${path.basename(file)}: expected an output ${missing}, got none. Export the model again.`);
  const predictor = await openPredictor(graph, metadata, threads === undefined ? undefined : { threads });
  const model = { name, sha256: await sha256OfFile(file), metadata, predictor };
  await warmUp(model);
  return model;
}

/** The first run sets memory aside and picks kernels: it is made on an empty image, so that no patient waits for it. */
async function warmUp({ metadata, predictor }: LoadedModel): Promise<void> {
  const { size, channels } = metadata.preprocessing;
  const source = { format: "dicom", bitDepth: 8, color: false, cmyk: false, alpha: false, orientation: 1, width: size, height: size } as const;
  const image: DecodedImage = channels === "grey" ? { pixels: new Float32Array(size * size), channels: 1, height: size, width: size, source } : { pixels: new Float32Array(3 * size * size), channels: 3, height: size, width: size, source };
  await predictor.look(image, { name: "empty image", windowOf: async () => ({ row: 0, column: 0, height: size, width: size }) });
}

/** Why an object is not for any model; undefined where it is an image from elsewhere. */
function notAnImage({ dataset }: DicomFile): string | undefined {
  if (dataset.text("Manufacturer") === ownMaker && dataset.texts("ImageType")[0] === "DERIVED") return "a result of this program";
  if (!dataset.has("PixelData")) return "no image: it has no pixels";
  const frames = dataset.number("NumberOfFrames") ?? 1;
  return frames > 1 ? `${frames} frames, and images of one frame are looked at` : undefined;
}

/** Loads every model that the rules name and keeps it. */
export async function openAnalyst({ models, rules, kinds, softwareVersion }: AnalystOptions): Promise<Analyst> {
  const used = Object.entries(models).filter(([name]) => rules.some(({ model }) => model === name));
  const loaded = new Map<string, LoadedModel>();
  for (const [name, facts] of used) loaded.set(name, await withFileErrors(path.basename(facts.file), () => loadModel(name, facts)));
  const setup = createHash("sha256").update(JSON.stringify([rules, kinds, [...loaded.values()].map(({ name, sha256 }) => [name, sha256])])).digest("hex").slice(0, 16);

  const judge = async (bytes: Uint8Array, made: Date): Promise<Judgement> => {
    const file = parseDicom(bytes, { name: "image" });
    const against = notAnImage(file);
    if (against !== undefined) return { kind: "left-alone", reasons: [against] };
    const route = chooseModel(rules, readRoutedImage(file));
    if ("reasons" in route) return { kind: "left-alone", reasons: route.reasons };
    const model = loaded.get(route.model)!;
    const named = { rule: route.rule, model: { name: model.name, sha256: model.sha256 } };
    const { scope, preprocessing } = model.metadata;
    const acquisition = readAcquisition(file);
    const study = file.dataset.text("StudyInstanceUID");
    const exam = study === undefined ? {} : { study };
    const byHeader = judgeScope(scope, { acquisition });
    if (byHeader.verdict === "out-of-scope") return { kind: "left-alone", ...named, reasons: byHeader.reasons, watched: { ...exam, scope: byHeader } };
    const image = await decodeImage(bytes, { channels: preprocessing.channels, name: "image" });
    const looked = await model.predictor.look(image, { name: "image" });
    const verdict = judgeScope(scope, { acquisition, ...(looked.distance !== undefined && { distance: looked.distance }) });
    const seen = { ...exam, scope: verdict, looked };
    if (verdict.verdict === "out-of-scope") return { kind: "left-alone", ...named, reasons: verdict.reasons, watched: seen };
    const results = written({ file, looked, model, made });
    const probabilities = Object.fromEntries(model.metadata.labels.map((label, k) => [label, looked.probabilities[k]!]));
    return { kind: "results", ...named, ...results, watched: { ...seen, label: results.decided, probabilities } };
  };

  const written = ({ file, looked, model, made }: { file: DicomFile; looked: LookedAt; model: LoadedModel; made: Date }): Pick<Extract<Judgement, { kind: "results" }>, "decided" | "probability" | "objects" | "remarks"> => {
    const { labels, architecture } = model.metadata;
    const { probabilities, map, placement } = looked;
    const best = probabilities.indexOf(Math.max(...probabilities));
    const decided = labels[best]!;
    const classes = labels.map((label, k) => ({ label, probability: Math.min(1, Math.max(0, probabilities[k]!)) }));
    const { objects, leftOut, warnings } = writeResults(
      {
        model: { name: model.name.slice(0, 64), version: model.sha256.slice(0, 12), sha256: model.sha256, architecture },
        classes,
        decided,
        ...(map.values.length > 0 && { map: { ...map, toImage: placeMap(file, placement, map), label: decided, method: "Grad-CAM" } }),
      },
      { file },
      { made, kinds, softwareVersion },
    );
    return {
      decided,
      probability: classes[best]!.probability,
      objects: objects.map(({ kind, sopClassUid, sopInstanceUid, seriesInstanceUid, studyInstanceUid, bytes }) => ({ kind, sopClass: sopClassUid, instance: sopInstanceUid, series: seriesInstanceUid, study: studyInstanceUid, bytes })),
      remarks: [...leftOut.map(({ kind, reason }) => `${kind} left out: ${reason}`), ...warnings.map(({ message }) => message)],
    };
  };

  return {
    setup,
    models: [...loaded.keys()],
    judge,
    release: async () => {
      for (const { predictor } of loaded.values()) await predictor.release();
    },
  };
}

