export { lower } from "./lowering/lower.js";
export type { LoweringTarget } from "./lowering/lower.js";
export type { Device, EngineOptions, Layout } from "./options.js";
export { createSession, createSessionFromBytes } from "./session.js";
export type { Session } from "./session.js";
export { probe } from "./probe.js";
export type { Capabilities } from "./probe.js";
export { defaultThreads } from "./threads.js";
export { runtimeName } from "./runtime-name.js";
