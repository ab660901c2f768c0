import { compareRuns } from "../../study/index.js";
import { answerAsWorker } from "../answer-as-worker.js";

// Intervals are drawn thousands of times: beside the server, so that readers are not kept waiting.
await answerAsWorker(({ a, b }: { readonly a: string; readonly b: string }) => compareRuns(a, b));
