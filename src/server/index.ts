export { verifyChain } from "./audit/chain.js";
export type { ChainCheck } from "./audit/chain.js";
export { openServer } from "./start-server.js";
export type { OpenServer, ServerOptions } from "./start-server.js";
export { restoreBackup, writeBackup } from "./store/backup.js";
export { DiskFiles } from "./store/files.js";
export type { FileStore } from "./store/files.js";
export { openDatabase } from "./store/open-database.js";
export { readSchema, schemaVersion } from "./store/migrate.js";
