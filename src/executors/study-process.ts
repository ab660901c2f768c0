// A process that leads one study, for a program that must stay free to do other things. It ends with its parent, after a checkpoint.
import { runStudy } from "../study/index.js";
import { packError } from "./attempts/error-message.js";
import { createExecutor, threadsFor } from "./create-executor.js";
import type { FromStudyProcess, ToStudyProcess } from "./start-study.js";

const stopped = new AbortController();

/** Returns when the message is on its way: a process that ends at once would lose it. */
function tell(message: FromStudyProcess): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

async function lead({ study, executor: settings = { kind: "local" }, attempts }: Extract<ToStudyProcess, { kind: "start" }>): Promise<void> {
  try {
    const executor = createExecutor(settings, { softwareVersion: study.softwareVersion, ...(attempts !== undefined && { attempts }) });
    const threads = study.threads ?? threadsFor(settings);
    const { report, resultsFile, predictions } = await runStudy({
      ...study,
      ...(threads !== undefined && { threads }),
      ...(executor && { executor }),
      onProgress: (progress) => void tell({ kind: "progress", progress }),
      onWarning: (message) => void tell({ kind: "warning", message }),
      signal: stopped.signal,
    });
    await tell({ kind: "finished", files: { report, resultsFile, predictions } });
  } catch (error) {
    await tell(stopped.signal.aborted ? { kind: "stopped" } : { kind: "failed", error: packError(error) });
  }
  if (process.connected) process.disconnect();
}

const stop = (): void => stopped.abort(new Error("stopped"));
process.on("message", (message: ToStudyProcess) => {
  if (message.kind === "stop") stop();
  else void lead(message);
});
process.on("disconnect", stop);
process.on("SIGINT", () => undefined);
process.on("SIGTERM", stop);
