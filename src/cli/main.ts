#!/usr/bin/env node
import { interruptedExitCode, runCommandLine } from "./run.js";

const interrupt = new AbortController();
let interrupts = 0;
process.on("SIGINT", () => {
  interrupts += 1;
  if (interrupts > 1) process.exit(interruptedExitCode);
  process.stderr.write("\nStopping at the next safe point; press Ctrl-C again to stop at once (nothing finished is lost).\n");
  interrupt.abort(new Error("interrupted"));
});
process.on("SIGTERM", () => interrupt.abort(new Error("terminated")));
// A reader that goes away (`osteon ... | head`) ends the output, not the work's data.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  streams: { stdout: process.stdout, stderr: process.stderr },
  environment: process.env,
  folder: process.cwd(),
  signal: interrupt.signal,
});
