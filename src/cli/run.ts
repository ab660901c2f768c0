import { CommanderError, type Command as Program } from "commander";
import { OsteonError } from "../base/index.js";
import { commands } from "./commands/index.js";
import type { Context } from "./contract.js";
import { buildProgram } from "./program.js";
import { createProgressDisplay } from "./progress-display.js";
import { osteonVersion } from "./version.js";

export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

export interface RunOptions {
  readonly streams: Streams;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Exit code of a run that Ctrl-C stopped. */
export const interruptedExitCode = 130;

/**
 * Runs one command line and returns its exit code; never throws and never exits.
 * With --json, an error is one JSON object on standard error.
 */
export async function runCommandLine(argv: readonly string[], { streams, environment, folder, signal }: RunOptions): Promise<number> {
  const display = createProgressDisplay(streams.stderr);
  let exitCode = 0;
  const context: Context = {
    endWith: (code) => void (exitCode = code),
    out: (line) => void streams.stdout.write(`${line}\n`),
    note: (line) => display.line(line),
    onProgress: display.show,
    signal,
    environment,
    folder,
  };
  const program = await buildProgram(commands, argv, osteonVersion(), context);
  const asJson = argv.includes("--json");
  let refusal = "";
  const settle = (command: Program): void => {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void (asJson ? (refusal += text) : streams.stderr.write(text)),
    });
    command.commands.forEach((child) => settle(child));
  };
  settle(program);
  const writeJsonError = (error: { class: string; code: string; message: string }): void => void streams.stderr.write(`${JSON.stringify({ error })}\n`);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    display.stop();
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const message = (refusal || error.message).trim().replace(/^error: /, "").replaceAll(/\s+/g, " ");
      if (asJson) writeJsonError({ class: "InputError", code: "command-line", message });
      return 2;
    }
    if (signal.aborted) {
      streams.stderr.write("Stopped. Run the same command again to go on from the last checkpoint.\n");
      return interruptedExitCode;
    }
    const known = error instanceof OsteonError;
    const exitCode = known ? error.exitCode : 70;
    if (asJson) {
      writeJsonError({ class: known ? error.name : "InternalError", code: known ? error.code : "unexpected", message: (error as Error).message });
    } else if (known) {
      streams.stderr.write(`error: ${error.message}\n`);
    } else {
      streams.stderr.write(`error: unexpected failure, a bug in Osteon: ${(error as Error)?.stack ?? String(error)}\n`);
    }
    return exitCode;
  } finally {
    display.stop();
  }
}
