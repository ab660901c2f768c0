import { createHash } from "node:crypto";
import path from "node:path";
import { parseDicom, placeMap, readAcquisition, writeResults, type DicomFile, type ResultKind } from "../../dicom/index.js";
import { withFileErrors } from "../../files/index.js";
import { judgeScope } from "../../models/index.js";
import { chooseModel, readRoutedImage } from "../routing/choose-model.js";
import type { Rule } from "../routing/rules.js";
import type { Analyst, Judgement, Routing } from "./contract.js";
import { loadModel, type LoadedModel } from "./loaded-model.js";
import { lookAtUnit, type ReadImage, type UnitView } from "./look-at-unit.js";

export interface AnalystOptions {
  /** Model files by the name that rules call them. */
  readonly models: Readonly<Record<string, { readonly file: string; readonly threads?: number }>>;
  readonly rules: readonly Rule[];
  readonly kinds: readonly ResultKind[];
  readonly malformedUids?: "replaced" | "kept";
  readonly softwareVersion: string;
}

/** Maker of this program's results, and of its simulated images, which are no results. */
const ownMaker = "Osteon";

/** Why an object is not for any model; undefined where it is an image from elsewhere. */
function notAnImage({ dataset }: DicomFile): string | undefined {
  if (dataset.text("Manufacturer") === ownMaker && dataset.texts("ImageType")[0] === "DERIVED") return "a result of this program";
  return dataset.has("Rows") && dataset.has("Columns") ? undefined : "no image: it has no pixels";
}

/** Names the frames and images of a decision that is not of one whole image: other ones make other objects. */
function settingsOf({ shown, others, frames }: Extract<UnitView, { kind: "seen" }>, slices: string): string {
  if (frames === 1 && shown.frame === 0 && others.length === 0) return "";
  const names = others.map(({ sopInstanceUid }) => sopInstanceUid).sort();
  return `unit ${createHash("sha256").update(JSON.stringify([slices, frames, names])).digest("hex").slice(0, 16)}`;
}

/** Loads every model that the rules name and keeps it. */
export async function openAnalyst({ models, rules, kinds, malformedUids = "replaced", softwareVersion }: AnalystOptions): Promise<Analyst> {
  const used = Object.entries(models).filter(([name]) => rules.some(({ model }) => model === name));
  const loaded = new Map<string, LoadedModel>();
  for (const [name, facts] of used) loaded.set(name, await withFileErrors(path.basename(facts.file), () => loadModel(name, facts)));
  const setup = createHash("sha256").update(JSON.stringify([rules, kinds, malformedUids, [...loaded.values()].map(({ name, sha256 }) => [name, sha256])])).digest("hex").slice(0, 16);

  const route = (bytes: Uint8Array): Routing => {
    const file = parseDicom(bytes, { name: "image", headerOnly: true });
    const against = notAnImage(file);
    if (against !== undefined) return { kind: "left-alone", reasons: [against] };
    const chosen = chooseModel(rules, readRoutedImage(file));
    if ("reasons" in chosen) return { kind: "left-alone", reasons: chosen.reasons };
    const { rule } = chosen;
    const model = loaded.get(rule.model)!;
    const study = file.dataset.text("StudyInstanceUID");
    const byHeader = judgeScope(model.metadata.scope, { acquisition: readAcquisition(file) });
    if (byHeader.verdict === "out-of-scope") return { kind: "left-alone", ...named(rule, model), reasons: byHeader.reasons, watched: { ...(study !== undefined && { study }), scope: byHeader } };
    const unit = rule.unit === "image" ? undefined : file.dataset.text(rule.unit === "series" ? "SeriesInstanceUID" : "StudyInstanceUID");
    return { kind: "fits", rule: rule.name, ...(unit !== undefined && { unit: { uid: unit, waitMs: rule.wait * 1000 } }) };
  };

  const judge = async (images: readonly ReadImage[], { rule: name, made }: { readonly rule: string; readonly made: Date }): Promise<Judgement> => {
    const rule = rules.find((one) => one.name === name)!;
    const model = loaded.get(rule.model)!;
    const view = await lookAtUnit(images, { model, slices: rule.slices, malformedUids });
    const { image, verdict, looked } = view.kind === "seen" ? view.shown : { image: 0, ...view };
    const file = parseDicom(await images[image]!(), { name: "image" });
    const study = file.dataset.text("StudyInstanceUID");
    const seen = { ...(study !== undefined && { study }), scope: verdict, looked };
    if (view.kind === "declined") return { kind: "left-alone", ...named(rule, model), reasons: verdict.reasons, watched: seen };
    const { labels } = model.metadata;
    const results = written({ file, view, model, rule, made });
    return { kind: "results", ...named(rule, model), ...results, watched: { ...seen, label: labels[view.decided]!, probabilities: Object.fromEntries(labels.map((label, k) => [label, view.probabilities[k]!])) } };
  };

  const written = ({ file, view, model, rule, made }: { file: DicomFile; view: Extract<UnitView, { kind: "seen" }>; model: LoadedModel; rule: Rule; made: Date }): Pick<Extract<Judgement, { kind: "results" }>, "decided" | "probability" | "objects" | "remarks"> => {
    const { labels, architecture } = model.metadata;
    const { shown, probabilities } = view;
    const { map, placement } = shown.looked;
    const decided = labels[view.decided]!;
    const classes = labels.map((label, k) => ({ label, probability: Math.min(1, Math.max(0, probabilities[k]!)) }));
    const { objects, leftOut, warnings } = writeResults(
      {
        model: { name: model.name.slice(0, 64), version: model.sha256.slice(0, 12), sha256: model.sha256, architecture },
        classes,
        decided,
        images: view.frames,
        settings: settingsOf(view, rule.slices),
        ...(map.values.length > 0 && view.isExplained && { map: { ...map, toImage: placeMap(file, placement, { ...map, frame: shown.frame }), label: decided, method: "Grad-CAM" } }),
      },
      { file, frame: shown.frame, others: view.others },
      { made, kinds, malformedUids, softwareVersion },
    );
    return {
      decided,
      probability: classes[view.decided]!.probability,
      objects: objects.map(({ kind, sopClassUid, sopInstanceUid, seriesInstanceUid, studyInstanceUid, bytes }) => ({ kind, sopClass: sopClassUid, instance: sopInstanceUid, series: seriesInstanceUid, study: studyInstanceUid, bytes })),
      remarks: [...view.remarks, ...leftOut.map(({ kind, reason }) => `${kind} left out: ${reason}`), ...warnings.map(({ message }) => message)],
    };
  };

  return {
    setup,
    models: [...loaded.keys()],
    gathers: rules.some(({ unit }) => unit !== "image"),
    route,
    judge,
    release: async () => {
      for (const { predictor } of loaded.values()) await predictor.release();
    },
  };
}

function named(rule: Rule, { name, sha256 }: LoadedModel): { readonly rule: string; readonly model: { readonly name: string; readonly sha256: string } } {
  return { rule: rule.name, model: { name, sha256 } };
}
