import path from "node:path";

/** Folders below which the images of data sets lie. */
export interface Places {
  /** The folder that is served. */
  readonly root: string;
  /** The folder of the store, which most often lies in it. */
  readonly store: { readonly folder: string };
}

/** A file as the database keeps it: by its place below the store or the served folder, so that both may be moved or restored elsewhere. */
export function toPlace({ root, store }: Places, file: string): string {
  for (const [word, folder] of [["store", store.folder], ["root", root]] as const) {
    const below = path.relative(folder, file);
    if (below !== ".." && !below.startsWith(`..${path.sep}`) && !path.isAbsolute(below)) return `${word}:${below.split(path.sep).join("/")}`;
  }
  return file;
}

/** The same back. Stores of versions before keep whole paths. */
export function fromPlace({ root, store }: Places, place: string): string {
  const [, word, below] = /^(store|root):(.*)$/s.exec(place) ?? [];
  return below === undefined ? place : path.join(word === "store" ? store.folder : root, ...below.split("/"));
}
