import { parentPort, workerData } from "node:worker_threads";
import { OsteonError } from "../../base/index.js";
import { compareRuns } from "../../study/index.js";

// Intervals are drawn thousands of times: beside the server, so that readers are not kept waiting.
const { a, b } = workerData as { readonly a: string; readonly b: string };
try {
  parentPort!.postMessage({ result: JSON.parse(JSON.stringify(await compareRuns(a, b))) as unknown });
} catch (error) {
  parentPort!.postMessage({ code: error instanceof OsteonError ? error.code : "internal", message: (error as Error).message, isOwn: error instanceof OsteonError });
}
