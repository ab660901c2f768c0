export { appendToLog, readLog, recordOf } from "./prediction-log.js";
export type { PredictionLog, PredictionRecord, RecordOptions } from "./prediction-log.js";
