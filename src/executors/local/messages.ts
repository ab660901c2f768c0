import type { Progress } from "../../base/index.js";
import type { StudyTask } from "../../study/index.js";
import type { ErrorMessage } from "../attempts/error-message.js";
import type { AttemptOutcome } from "../attempts/run-attempt.js";

/** A prefix of paths, and what it is called on this machine. */
export interface PathMap {
  readonly from: string;
  readonly to: string;
}

/** To a process that does tasks. */
export type ToTaskProcess =
  | { readonly kind: "run"; readonly run: string; readonly round: number; readonly worker: string; readonly task: StudyTask; readonly softwareVersion: string; readonly places: readonly PathMap[] }
  | { readonly kind: "stop" };

/** From a process that does tasks. */
export type FromTaskProcess =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "memory"; readonly bytes: number }
  | { readonly kind: "ended"; readonly outcome: AttemptOutcome }
  /** The study itself could not be opened, or its folder not be written. */
  | { readonly kind: "broken"; readonly error: ErrorMessage };

/** A path under another prefix. */
export function mapPath(file: string, places: readonly PathMap[]): string {
  const found = places.find(({ from }) => file === from || file.startsWith(from.endsWith("/") ? from : `${from}/`));
  return found === undefined ? file : `${found.to}${file.slice(found.from.length)}`;
}
