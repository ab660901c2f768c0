import path from "node:path";
import { openServer } from "./start-server.js";

// A server of its own process, to be killed.
const { root, database, port } = JSON.parse(process.argv[2]!) as { readonly root: string; readonly database?: string; readonly port: number };
const server = await openServer({ root, ...(database !== undefined && { database }), version: "0.0.0", viewer: path.join(root, "no-viewer"), recipes: root, unlimited: true, onLost: () => process.exit(3) });
await server.listen(port);
process.send!("ready");
