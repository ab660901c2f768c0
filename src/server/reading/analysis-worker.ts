import { parentPort, workerData } from "node:worker_threads";
import { OsteonError } from "../../base/index.js";
import { studyReaders } from "../../study/index.js";

// The analysis computes for seconds: beside the server, so that readers are not kept waiting.
const { run, reads, cell } = workerData as { readonly run: string; readonly reads: string; readonly cell: string };
try {
  const { result } = await studyReaders({ run, reads, cell, set: "test" });
  parentPort!.postMessage({ result: JSON.parse(JSON.stringify(result)) as unknown });
} catch (error) {
  parentPort!.postMessage({ code: error instanceof OsteonError ? error.code : "internal", message: (error as Error).message, isOwn: error instanceof OsteonError });
}
