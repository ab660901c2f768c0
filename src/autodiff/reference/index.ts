export { arrayOf, fromTensor, toTensor } from "./array.js";
export type { NumericArray } from "./array.js";
export { interpret } from "./interpreter.js";
