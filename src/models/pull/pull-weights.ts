import { mkdir } from "node:fs/promises";
import path from "node:path";
import { NotFoundError, unknownName } from "../../base/index.js";
import type { OnProgress } from "../../base/index.js";
import { architectures } from "../architectures/index.js";
import type { ArchitectureName } from "../architectures/index.js";
import { fileError } from "../../files/index.js";
import { download, hashFile } from "./download.js";
import type { DownloadOptions } from "./download.js";
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

/**
 * The published weights of a network as a local file: at once where it is there and its checksum is right, else fetched.
 * The file stays as it was published; `readWeights` reads it by its ending.
 * @returns path of the file
 * @throws NotFoundError `unknown-network`, `no-published-weights`, `unknown-weights-source`
 * @throws DataError `download-interrupted`, `download-refused`, `download-length`, `download-checksum`, `file-enospc` and the like
 */
export async function pullWeights(name: ArchitectureName, options: PullOptions): Promise<string> {
  const { directory, onProgress, signal, patience } = options;
  const source = chooseSource(name, options.source);
  const target = path.join(directory, path.basename(new URL(source.url).pathname));
  try {
    await mkdir(directory, { recursive: true });
    // A file of the right name may be damaged or another one: its bytes decide, not its name.
    if (source.sha256 !== undefined && (await hashFile(target))?.startsWith(source.sha256)) return target;
  } catch (error) {
    throw fileError(error, target);
  }
  await download({ ...patience, url: source.url, sha256: source.sha256, bytes: source.bytes, path: target, onProgress, signal });
  return target;
}

function chooseSource(name: ArchitectureName, wanted: PullOptions["source"]): WeightsSource {
  if (!Object.hasOwn(architectures, name)) throw unknownName("network", name, Object.keys(architectures));
  if (typeof wanted === "object") return wanted;
  const sources = weightsSources[name] ?? [];
  const first = sources[0];
  if (first === undefined) {
    throw new NotFoundError("no-published-weights", `${name}: expected one of ${Object.keys(weightsSources).join(", ")}, which have published weights. Train ${name} from scratch.`);
  }
  const source = wanted === undefined ? first : sources.find((candidate) => candidate.name === wanted);
  if (source === undefined) throw unknownName("weights source", String(wanted), sources.map((candidate) => candidate.name));
  return source;
}
