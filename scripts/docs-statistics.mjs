// Writes docs/reference/statistics.md from the facts in src/stats. Run after a build: node scripts/docs-statistics.mjs
import { mkdir, writeFile } from "node:fs/promises";
import { renderReferencePage } from "../dist/stats/catalog.js";

const page = new URL("../docs/reference/statistics.md", import.meta.url);
await mkdir(new URL(".", page), { recursive: true });
await writeFile(page, renderReferencePage());
