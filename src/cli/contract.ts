import type { Progress } from "../base/index.js";

/** What a command may touch of the world outside, so that tests can call it in process. */
export interface Context {
  /** Writes a line of result to standard output. */
  readonly out: (line: string) => void;
  /** Writes a remark to standard error. */
  readonly note: (line: string) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Aborted by Ctrl-C: what runs stops at the next safe point. */
  readonly signal: AbortSignal;
  /** Ends with this code though nothing went wrong: 1 where two things that should agree differ. */
  readonly endWith: (exitCode: 1) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly folder: string;
}

export interface OptionFacts {
  /** As commander writes it: `"--out <folder>"`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string | number | boolean;
  /** May be given several times; its values arrive as a list. */
  readonly repeatable?: boolean;
  /** The values allowed. */
  readonly choices?: readonly string[];
  /** Heading of `--help` it stands under. */
  readonly group?: string;
}

export interface ArgumentFacts {
  /** `"<recipe>"`, `"[folder]"` or `"<image...>"`. */
  readonly name: string;
  readonly description: string;
}

/** Options as they arrive: names in camel case. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** A command in the list of all: what it is called, and where the rest of it is. */
export interface CommandEntry {
  /** Words after `osteon`: `"study run"`. */
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** A command is data: what it takes, and what it does. */
export interface Command {
  /** Shown in `--help` below the summary. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentFacts[];
  readonly options?: readonly OptionFacts[];
  /** Lines for `--help`, each without the `$`. */
  readonly examples: readonly string[];
  readonly run: (context: Context, args: readonly string[], options: OptionValues) => Promise<void>;
}
