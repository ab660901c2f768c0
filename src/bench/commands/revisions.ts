import type { Command } from "commander";
import { buildRevision, compareRevisions } from "../revisions.js";
import { tasks } from "../work.js";
import { positiveNumber } from "./options.js";
import { type WorkOptions, worksOf, withWorks } from "./works.js";

async function run(revision: string, options: WorkOptions & { readonly allow: number }): Promise<void> {
  const built = buildRevision(revision);
  try {
    for (const work of worksOf(options)) {
      const { method, before, after, ratio } = await compareRevisions(work, built, options.rounds);
      const isSlower = ratio > options.allow;
      console.log(`${work.network}, ${tasks[work.task].title}: ${before.toPrecision(4)} -> ${after.toPrecision(4)} ${method}, ${ratio.toFixed(3)} x${isSlower ? "  SLOWER" : ""}`);
      if (isSlower) process.exitCode = 1;
    }
  } finally {
    built.remove();
  }
}

export function addRevisions(program: Command): void {
  withWorks(program.command("revisions <revision>"))
    .description("Compare this build with another commit's: instructions where perf counts them, else the fastest of interleaved rounds. Exit code 1 where one is slower than allowed.")
    .option("--allow <factor>", "largest ratio that passes", positiveNumber, 1.05)
    .action(run);
}
