export { drawEvidence, driftPage, sayDrift } from "./draw-drift.js";
export { followDrift } from "./follow-drift.js";
export type { DriftOptions, DriftReport, VariableDrift } from "./follow-drift.js";
export { appendToLog, readLog, recordOf } from "./prediction-log.js";
export type { PredictionLog, PredictionRecord, RecordOptions } from "./prediction-log.js";
