export { DataError, InputError, InternalError, NotFoundError, OsteonError, UnsupportedError } from "./errors.js";
export type { ErrorFacts } from "./errors.js";
export { editDistance, nearestName, unknownName } from "./nearest.js";
export type { OnProgress, Progress, Warning } from "./progress.js";
export { asin, atan, atan2, cos, exp, log, pow, sin, tan } from "./portable-math.js";
export { seededRandom } from "./random.js";
export type { Random } from "./random.js";
export { bytesPerElement, float32, int64, sizeOf, tensor, viewOf, zeros } from "./tensor.js";
export type { DataType, Tensor, TensorStorage } from "./tensor.js";
