import { readFile } from "node:fs/promises";
import path from "node:path";
import type { StudyResults } from "../results.js";
import type { CasePicture } from "./case-pictures.js";

/** A comparison with readers that a run holds already, with its pictures. */
export interface KeptReaders {
  readonly readers: NonNullable<StudyResults["readers"]>;
  readonly pictures: readonly CasePicture[];
}

/** The comparison with readers that an earlier end of this run left, where it was made from the very predictions that the run has now. */
export async function keptReaders(folder: string, now: Pick<StudyResults, "predictions" | "external">): Promise<KeptReaders | undefined> {
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(path.join(folder, name), "utf8")) as unknown;
  try {
    const before = (await read("results.json")) as StudyResults;
    const isSame = before.predictions?.sha256 === now.predictions?.sha256 && before.external?.predictions.sha256 === now.external?.predictions.sha256;
    if (before.readers === undefined || !isSame) return undefined;
    const { readers = [] } = (await read("pictures.json").catch(() => ({}))) as { readers?: readonly CasePicture[] };
    return { readers: before.readers, pictures: readers };
  } catch {
    // No earlier end, or one that cannot be read: the comparison is made anew from the reads.
    return undefined;
  }
}
