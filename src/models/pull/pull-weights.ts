import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { NotFoundError, UnsupportedError, unknownName } from "../../base/index.js";
import type { OnProgress } from "../../base/index.js";
import { architectures } from "../architectures/index.js";
import type { ArchitectureName } from "../architectures/index.js";
import { fileError, writeFileAtomic } from "../../files/index.js";
import { download, hashFile } from "./download.js";
import type { DownloadOptions } from "./download.js";
import { offeredByHand } from "./by-hand.js";
import { weightsSources } from "./sources.js";
import type { WeightsSource } from "./sources.js";

export interface PullOptions {
  /** Folder that keeps the files; made where it is missing. */
  readonly directory: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Name of a source in the table, or a source of one's own; the first of the table where left out. */
  readonly source?: string | WeightsSource;
  /** How patient to be with the connection. */
  readonly patience?: Pick<DownloadOptions, "attempts" | "pauseMs" | "silenceMs">;
}

/** A file of weights that is here and checked as far as its publisher makes it possible. */
export interface PulledWeights {
  readonly file: string;
  readonly sha256: string;
  /**
   * What the checksum was compared with: the whole published one, its published first digits, the one recorded at an
   * earlier download, or nothing but itself, at the first download of a file whose publisher states none.
   */
  readonly checked: "published" | "published digits" | "recorded" | "recorded now";
}

/**
 * The published weights of a network as a local file: at once where it is there and its checksum is right, else fetched.
 * The file stays as it was published; `readWeights` reads it by its ending. Where the publisher states no checksum or
 * only a part of it, the first download's is kept beside the file, as `<file>.sha256`, and compared from then on.
 * @throws NotFoundError `unknown-network`, `no-published-weights`, `unknown-weights-source`
 * @throws UnsupportedError `weights-by-hand` for weights that are published where no program can fetch them
 * @throws DataError `download-interrupted`, `download-refused`, `download-length`, `download-checksum`, `file-enospc` and the like
 */
export async function pullWeights(name: ArchitectureName, options: PullOptions): Promise<PulledWeights> {
  const { directory, onProgress, signal, patience } = options;
  const { url, sha256: published, bytes } = chooseSource(name, options.source);
  const target = path.join(directory, path.basename(new URL(url).pathname));
  const isWhole = published?.length === 64;
  const record = `${target}.sha256`;
  let recorded: string | undefined;
  try {
    await mkdir(directory, { recursive: true });
    recorded = isWhole ? undefined : await readRecord(record);
    // A file of the right name may be damaged or another one: its bytes decide, not its name.
    const found = await hashFile(target);
    if (found !== undefined && found === (isWhole ? published : recorded)) return { file: target, sha256: found, checked: isWhole ? "published" : "recorded" };
  } catch (error) {
    throw fileError(error, target);
  }
  const expected = recorded ?? published;
  const sha256 = await download({ ...patience, url, path: target, onProgress, signal, ...(expected !== undefined && { sha256: expected }), ...(bytes !== undefined && { bytes }) });
  if (isWhole) return { file: target, sha256, checked: "published" };
  if (recorded === undefined) await writeFileAtomic(record, `${sha256}  ${path.basename(target)}\n`);
  return { file: target, sha256, checked: recorded !== undefined ? "recorded" : published !== undefined ? "published digits" : "recorded now" };
}

/** The checksum kept beside a file, in the form of sha256sum. */
async function readRecord(file: string): Promise<string | undefined> {
  try {
    return /^([0-9a-f]{64})\s/.exec(await readFile(file, "utf8"))?.[1];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function chooseSource(name: ArchitectureName, wanted: PullOptions["source"]): WeightsSource {
  if (!Object.hasOwn(architectures, name)) throw unknownName("network", name, Object.keys(architectures));
  if (typeof wanted === "object") return wanted;
  const sources = weightsSources[name] ?? [];
  const byHand = offeredByHand.find((offer) => offer.name === wanted && offer.network === name);
  if (byHand !== undefined) {
    throw new UnsupportedError(
      "weights-by-hand",
      `${byHand.name} for ${name}: expected a file at a fixed address, got a page that people download from: ${byHand.page} (${byHand.file}). Download it there, then: osteon weights import FILE --network ${name}.`,
    );
  }
  const first = sources[0];
  if (first === undefined) {
    throw new NotFoundError("no-published-weights", `${name}: expected one of ${Object.keys(weightsSources).join(", ")}, which have published weights. Train ${name} from scratch.`);
  }
  const source = wanted === undefined ? first : sources.find((candidate) => candidate.name === wanted);
  if (source === undefined) throw unknownName("weights source", String(wanted), sources.map((candidate) => candidate.name));
  return source;
}
