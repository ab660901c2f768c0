import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { readCsv } from "../csv.js";
import { updatePage } from "../page.js";
import { readStudyCsv } from "../study/study-csv.js";

export function addPage(program: Command): void {
  program
    .command("page")
    .description("Write the measured tables of docs/performance.md from the CSV file.")
    .option("--csv <file>", "what the bench wrote", "docs/performance.csv")
    .option("--study <file>", "what `study` wrote", "docs/performance-study.csv")
    .option("--page <file>", "page with the marks", "docs/performance.md")
    .action(({ csv, study, page }: { csv: string; study: string; page: string }) => {
      const measured = existsSync(study) ? readStudyCsv(readFileSync(study, "utf8")) : undefined;
      writeFileSync(page, updatePage(readFileSync(page, "utf8"), readCsv(readFileSync(csv, "utf8")), measured));
    });
}
