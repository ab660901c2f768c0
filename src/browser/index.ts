export { openModel } from "./open-model.js";
export { paintImage, paintMap } from "./paint.js";
export { sealPage } from "./seal-page.js";
export type { Example, FileSource, OpenOptions, PageModel, PaintedMap, Prediction, TunedModel, TuneOptions, TuneProgress } from "./contract.js";
