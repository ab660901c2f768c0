import { parentPort, workerData } from "node:worker_threads";
import { OsteonError } from "../../base/index.js";
import { prepareData, type DataOrder } from "./prepare-data.js";

// Unpacking, de-identifying and decoding take minutes for thousands of images: beside the server, so that pages stay quick.
try {
  parentPort!.postMessage({ result: await prepareData(workerData as DataOrder) });
} catch (error) {
  parentPort!.postMessage({ code: error instanceof OsteonError ? error.code : "internal", message: (error as Error).message, isOwn: error instanceof OsteonError });
}
