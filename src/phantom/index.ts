export { planPhantomDataset, writePhantomDataset } from "./dataset.js";
export type { PhantomDatasetOptions, PlannedImage } from "./dataset.js";
export { encodePng, quantize } from "./png.js";
export { makeWholeSpineAp } from "./whole-spine-ap.js";
export type { WholeSpineCondition, WholeSpineImage, WholeSpineOptions, WholeSpineTruth } from "./whole-spine-ap.js";
