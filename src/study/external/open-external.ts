import { DataError, InputError, UnsupportedError } from "../../base/index.js";
import { auditLeaks, checkImages, leakKinds, loadDataset, prepareImages, type Dataset, type DicomCasesOptions, type PreparedImages } from "../../data/index.js";
import type { OpenStudy } from "../open-study.js";

export interface ExternalSet {
  readonly dataset: Dataset;
  readonly prepared: PreparedImages;
  readonly warnings: readonly string[];
}

/** What a study with an external test set must be: networks that are kept, and that see whole images. */
export function checkExternalStudy({ context, cells }: Pick<OpenStudy, "context" | "cells">): void {
  if (!context.keepModels) throw new InputError("external-models", "models: expected keep in a study with an external test set, as its networks have to predict there, got discard. Change the recipe.");
  const view = cells.find((cell) => cell.view !== "none");
  if (view !== undefined) throw new UnsupportedError("external-region", `${view.id}: expected networks that see the whole image in a study with an external test set, got one that sees a region. Leave the region out, or run it without --external.`);
}

/**
 * Loads and prepares a test set from elsewhere, and holds it against the study's own images.
 * @throws what loadDataset, checkImages and prepareImages throw; DataError `external-leak` where it holds an image of the study
 */
export async function openExternal(source: string, { context, dataset: own }: Pick<OpenStudy, "context" | "dataset">, { skipBad, identity }: { readonly skipBad: boolean; readonly identity?: DicomCasesOptions }): Promise<ExternalSet> {
  const { pool, prepared: { preprocessing }, folder, onProgress, signal } = context;
  const common = { pool, ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const dataset = await checkImages(await loadDataset(source, { labels: own.labels, skipBad, ...identity }), { skipBad, ...common });
  const contents = new Map(own.cases.map(({ id, contentSha256 }) => [contentSha256, id]));
  const shared = dataset.cases.filter(({ contentSha256 }) => contentSha256 !== undefined && contents.has(contentSha256));
  if (shared.length > 0) {
    throw new DataError("external-leak", `${dataset.name}: expected images that are none of the study's own, got ${shared.length} that are (${shared[0]!.id} is ${contents.get(shared[0]!.contentSha256)!}). Take them out of one of the tables.`);
  }
  await refuseCopies(dataset, own, common);
  const patients = new Set(own.cases.flatMap(({ patient }) => (patient === undefined ? [] : [patient])));
  const alike = new Set(dataset.cases.flatMap(({ patient }) => (patient !== undefined && patients.has(patient) ? [patient] : [])));
  const prepared = await prepareImages(dataset.cases, { ...common, preprocessing, cacheDirectory: folder.file("cache/images") });
  return {
    dataset,
    prepared,
    warnings: [
      ...dataset.warnings.map(({ message }) => message),
      ...prepared.warnings.map(({ message }) => message),
      ...(alike.size > 0 ? [`${dataset.name}: ${alike.size} patients are named as patients of the study are. If they are the same people, the test set is not independent.`] : []),
    ],
  };
}

/** Ties that make a case of the test set one of the study's; patients' numbers may be alike by chance in two hospitals. */
const copyKinds = ["same-picture", "dicom-uid"];

async function refuseCopies(dataset: Dataset, own: Dataset, options: Parameters<typeof auditLeaks>[1]): Promise<void> {
  const cases = [...own.cases, ...dataset.cases];
  const { pairs } = await auditLeaks({ cases }, options);
  const isOwn = (index: number): boolean => index < own.cases.length;
  const shared = pairs.filter(({ a, b, kind }) => isOwn(a) !== isOwn(b) && copyKinds.includes(kind));
  if (shared.length === 0) return;
  const [{ a, b, kind }] = shared as [(typeof shared)[number]];
  throw new DataError("external-leak", `${dataset.name}: expected images that are none of the study's own, got ${shared.length} that are (${cases[b]!.id} and ${cases[a]!.id}: ${leakKinds[kind]}). Take them out of one of the tables.`);
}
