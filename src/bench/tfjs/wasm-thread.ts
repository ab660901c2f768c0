// A thread of tfjs's wasm backend in Node. The script that tfjs brings for it was written for Node too, but asks for a browser's addresses
// and for a module's `require`.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";

const require = createRequire(import.meta.url);
const folder = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd";
const { wasmWorkerContents } = require(`${folder}.worker.js`) as { wasmWorkerContents: string };
URL.createObjectURL = () => require.resolve(`${folder}.js`);
Object.assign(globalThis, { require, __filename: fileURLToPath(import.meta.url) });
runInThisContext(wasmWorkerContents.replaceAll("\n", "\\n"));
