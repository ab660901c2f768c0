// Writes docs/reference/methods.md from the facts in src/explain/methods. Run after a build: node scripts/docs-methods.mjs
import { mkdir, writeFile } from "node:fs/promises";
import { renderMethodsPage } from "../dist/explain/methods/reference-page.js";

const page = new URL("../docs/reference/methods.md", import.meta.url);
await mkdir(new URL(".", page), { recursive: true });
await writeFile(page, renderMethodsPage());
