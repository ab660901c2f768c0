// Writes docs/reference/quality.md from the facts in src/explain/quality. Run after a build: node scripts/docs-quality.mjs
import { mkdir, writeFile } from "node:fs/promises";
import { renderQualityPage } from "../dist/explain/quality/reference-page.js";

const page = new URL("../docs/reference/quality.md", import.meta.url);
await mkdir(new URL(".", page), { recursive: true });
await writeFile(page, renderQualityPage());
