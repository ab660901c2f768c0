import path from "node:path";
import { InputError } from "../../base/index.js";
import { sha256OfFile, writeFileAtomic } from "../../files/index.js";
import { readBundle } from "../../models/index.js";
import { drawEvidence, driftPage, followDrift, readLog, sayDrift, type DriftReport } from "../../monitor/index.js";
import type { Command, OptionValues } from "../contract.js";
import { textTable } from "../table.js";

const usualRate = 0.01;

function readRate(value: OptionValues[string]): number {
  if (value === undefined) return usualRate;
  const rate = Number(value);
  if (rate > 0 && rate <= 0.5) return rate;
  throw new InputError("false-alarm-rate", `--false-alarm-rate: expected a probability above 0 and at most 0.5, got "${[value].flat().join(" ")}". Give for example 0.01.`);
}

function readSince(value: OptionValues[string]): string | undefined {
  if (value === undefined) return undefined;
  const time = new Date(typeof value === "string" ? value : "");
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new InputError("since", `--since: expected a date such as 2025-03-01, got "${[value].flat().join(" ")}". Write it as year-month-day.`);
}

const figure = (value: number | undefined): string => (value === undefined ? "" : String(Number(value.toPrecision(3))));

function describe(report: DriftReport): string {
  return textTable(
    ["figure", "side", "when made", "latest 50", "evidence", ""],
    report.variables.map(({ title, side, referenceMedian, recentMedian, evidence, alarmed }) => [title, side, figure(referenceMedian), figure(recentMedian), figure(evidence), alarmed ? "changed" : ""]),
  );
}

export const monitor: Command = {
  description:
    "Reads the log that predict --log and the listener write, and compares it with what the model file says of its making: brightness, contrast and sharpness of the images, their distance from the training images, and the answers. " +
    "There is an alarm where the evidence of a change reaches 1 over the false-alarm rate; while nothing changes, the probability that this ever happens is at most that rate. Ends with code 1 after an alarm.",
  arguments: [
    { name: "<model>", description: "model file that made the predictions" },
    { name: "<log>", description: "log of predictions, one JSON object a line" },
  ],
  options: [
    { flags: "--false-alarm-rate <p>", description: `probability of ever an alarm though nothing changed (default: ${usualRate})` },
    { flags: "--since <date>", description: "only predictions from then on, after an earlier alarm was looked into" },
    { flags: "--page <file>", description: "write a page with the picture and the figures" },
    { flags: "--picture <file>", description: "write the picture alone, as SVG" },
  ],
  examples: ["osteon monitor model.onnx predictions.jsonl --page drift.html", "osteon monitor model.onnx predictions.jsonl --since 2025-03-01 --json"],
  async run(context, [model, log], options) {
    const modelFile = path.resolve(context.folder, model!);
    const { metadata } = await readBundle(modelFile);
    const { records, unreadable } = await readLog(path.resolve(context.folder, log!));
    const since = readSince(options["since"]);
    const report = followDrift({ model: await sha256OfFile(modelFile), records, falseAlarmRate: readRate(options["falseAlarmRate"]), ...(metadata.scope && { scope: metadata.scope }), ...(since !== undefined && { since }) });
    const { page, picture } = options;
    if (typeof page === "string") await writeFileAtomic(path.resolve(context.folder, page), driftPage(report));
    if (typeof picture === "string") await writeFileAtomic(path.resolve(context.folder, picture), drawEvidence(report));
    if (options["json"] === true) context.out(JSON.stringify({ ...report, unreadableLines: unreadable }, null, 2));
    else {
      context.out(describe(report));
      context.out(`${report.declined} of ${report.images} images declined as out of scope; answers: ${Object.entries(report.labels).map(([label, count]) => `${label} ${count}`).join(", ") || "none"}`);
      context.out(sayDrift(report));
      for (const remark of report.remarks) context.note(remark);
      const { otherModels, sameExam, earlier } = report.leftOut;
      const leftOut = [[otherModels, "of other models"], [sameExam, "further images of an exam"], [earlier, "before --since"], [unreadable, "lines that are no prediction"]].filter(([count]) => count !== 0);
      if (leftOut.length > 0) context.note(`left out: ${leftOut.map(([count, what]) => `${count} ${what}`).join(", ")}`);
    }
    if (report.alarm) context.endWith(1);
  },
};
