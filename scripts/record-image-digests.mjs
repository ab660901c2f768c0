// Records what the bytes of simulated images are, for image-digests.test.ts. Run after `npm run build`.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const built = path.resolve(process.argv[2] ?? "dist");
const { digestImages } = await import(path.join(built, "phantom/image-digests.testkit.js"));
mkdirSync("test/fixtures/phantom", { recursive: true });
const text = { script: "scripts/record-image-digests.mjs", node: process.version, digests: digestImages() };
writeFileSync("test/fixtures/phantom/image-digests.json", `${JSON.stringify(text, null, 2)}\n`);
