import { answerAsWorker } from "../answer-as-worker.js";
import { prepareData } from "./prepare-data.js";

// Unpacking, de-identifying and decoding take minutes for thousands of images: beside the server, so that pages stay quick.
await answerAsWorker(prepareData);
