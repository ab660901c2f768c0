import path from "node:path";
import { verifyRun } from "../../study/index.js";
import type { Command } from "../contract.js";
import { textTable } from "../table.js";

/** Differences printed; all are in the JSON. */
const shown = 20;

export const studyVerify: Command = {
  description: "Reads predictions.csv of the run's folder, computes every figure anew and compares it with results.json, the text of report.html and its tables. Ends with code 1 and a list where one differs, or where predictions.csv is not the file that the run wrote.",
  arguments: [{ name: "<run>", description: "folder that study run wrote" }],
  options: [],
  examples: ["osteon study verify osteon-runs/spine-abnormality", "osteon study verify runs/spine --json"],
  async run(context, [run], options) {
    const { compared, differences, digest, notRecomputed } = await verifyRun(path.resolve(context.folder, run!));
    const isSame = differences.length === 0 && digest !== "other";
    if (options["json"] === true) context.out(JSON.stringify({ same: isSame, compared, digest, differences, notRecomputed }, null, 2));
    else {
      for (const [file, count] of Object.entries(compared)) context.out(`${file}: ${count} values recomputed or checked`);
      if (digest === "other") context.out("predictions.csv: not the file that the run wrote (its SHA-256 differs)");
      for (const { key, reason } of notRecomputed) context.out(`not recomputed: ${key} (${reason})`);
      if (differences.length > 0) {
        context.out("");
        context.out(textTable(["where", "printed", "recomputed"], differences.slice(0, shown).map(({ where, printed, recomputed }) => [where, printed, recomputed])));
        if (differences.length > shown) context.out(`and ${differences.length - shown} more (all with --json)`);
      }
      context.out(isSame ? "Every number follows from the predictions." : `\n${path.basename(run!)}: the run's files do not agree. Restore them, or run the study again.`);
    }
    if (!isSame) context.endWith(1);
  },
};
