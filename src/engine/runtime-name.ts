import { createRequire } from "node:module";

/** Name and version of the runtime: `"onnxruntime 1.30.0"`. */
export function runtimeName(): string {
  const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
  return `onnxruntime ${version}`;
}
