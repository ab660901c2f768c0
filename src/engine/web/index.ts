/** The engine's door for pages: how the runtime for browsers is loaded. The sessions are those of `engine/index.ts`. */
export { setWebRuntime } from "./web-runtime-settings.js";
export type { WebRuntimeSettings } from "./web-runtime-settings.js";
export type { WebDevice } from "./modules.js";
