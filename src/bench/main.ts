// Osteon beside its peers on this machine and beside what the machine can do at most. Each command has a file of its own in commands/.
import { Command } from "commander";
import { OsteonError } from "../base/index.js";
import { addCompare } from "./commands/compare.js";
import { addData } from "./commands/data.js";
import { addExplain } from "./commands/explain.js";
import { addFeatures } from "./commands/features.js";
import { addPage } from "./commands/page.js";
import { addPhantom } from "./commands/phantom.js";
import { addRevisions } from "./commands/revisions.js";
import { addStudy } from "./commands/study.js";

const program = new Command("bench").enablePositionalOptions().description("Compare Osteon with PyTorch and tfjs on this machine.");
for (const add of [addCompare, addPage, addRevisions, addPhantom, addExplain, addFeatures, addStudy, addData]) add(program);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof OsteonError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
