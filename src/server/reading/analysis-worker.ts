import { studyReaders } from "../../study/index.js";
import { answerAsWorker } from "../answer-as-worker.js";

// The analysis computes for seconds: beside the server, so that readers are not kept waiting.
await answerAsWorker(async ({ run, reads, cell }: { readonly run: string; readonly reads: string; readonly cell: string }) => (await studyReaders({ run, reads, cell, set: "test" })).result);
