export { differentiate } from "./differentiate.js";
export type { Differentiated } from "./differentiate.js";
export type { Recomputation } from "./recompute.js";
