export { fileError, withFileErrors } from "./file-error.js";
export { lockFile, readLock } from "./lock.js";
export type { LockHolder } from "./lock.js";
export { deepestIssues, knownKeys, parseSettings } from "./parse-settings.js";
export type { SettingsIssue, SettingsOptions } from "./parse-settings.js";
export { sha256, sha256OfFile } from "./sha256.js";
export { syncFolder } from "./sync-folder.js";
export { writeFileAtomic, writeJsonAtomic } from "./write-atomic.js";
