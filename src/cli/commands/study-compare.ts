import path from "node:path";
import { InputError } from "../../base/index.js";
import { writeFileAtomic, writeJsonAtomic } from "../../files/index.js";
import { comparisonPage, comparisonPairText, compareRuns, isEstimate, type RunComparison } from "../../study/index.js";
import type { Command, OptionValues } from "../contract.js";
import { textTable } from "../table.js";

type Measure = RunComparison["pairs"][number]["measures"][number];

const figure = (value: Measure["a"]): string => (isEstimate(value) ? `${value.estimate.toFixed(3)} (${value.lower.toFixed(3)} to ${value.upper.toFixed(3)})` : "not estimable");
const probability = (p: number | undefined): string => (p === undefined ? "-" : p < 0.001 ? "< 0.001" : p.toFixed(3));

/** `--cell A=B`, or `--cell A` for the same cell of both. */
function readCells(values: OptionValues[string]): (readonly [string, string])[] | undefined {
  if (!Array.isArray(values)) return undefined;
  return (values as readonly string[]).map((value) => {
    const [a, b, ...rest] = value.split("=");
    if (!a || b === "" || rest.length > 0) throw new InputError("option-cell", `--cell: expected CELL or CELL=CELL, got "${value}". Name cells as the report does, network/regime.`);
    return [a, b ?? a] as const;
  });
}

export const studyCompare: Command = {
  description: "Matches cases by name and by the image's checksum; accuracy by McNemar's test, macro F1 by bootstrap and permutation, AUC by DeLong's test, each paired, by whole patients, and adjusted by Holm's method. Writes compare.html and compare.json.",
  arguments: [
    { name: "<first>", description: "folder that study run wrote" },
    { name: "<second>", description: "another" },
  ],
  options: [
    { flags: "--cell <names>", description: "CELL of both runs, or CELL=CELL; repeatable (default: all of the same name, else the most accurate of each)", repeatable: true },
    { flags: "--out <folder>", description: "folder for compare.html and compare.json", default: "osteon-compare" },
  ],
  examples: ["osteon study compare runs/august runs/november", "osteon study compare runs/small runs/large --cell mobilenet_v2/fine-tuning=resnet50/fine-tuning --out comparison/"],
  async run(context, [first, second], options) {
    const cells = readCells(options["cell"]);
    const comparison = await compareRuns(path.resolve(context.folder, first!), path.resolve(context.folder, second!), { ...(cells && { cells }) });
    const out = path.resolve(context.folder, options["out"] as string);
    await writeJsonAtomic(path.join(out, "compare.json"), comparison);
    await writeFileAtomic(path.join(out, "compare.html"), comparisonPage(comparison));
    if (options["json"] === true) return context.out(JSON.stringify(comparison, null, 2));
    for (const warning of comparison.warnings) context.note(`warning: ${warning}`);
    for (const pair of comparison.pairs) {
      context.out(pair.a === pair.b ? pair.a : `${pair.a} against ${pair.b}`);
      context.out(comparisonPairText(pair));
      context.out(
        textTable(
          ["measure", `A: ${comparison.a.run}`, `B: ${comparison.b.run}`, "A - B", "p", "p adjusted"],
          pair.measures.map((one) => [one.label === undefined ? one.measure : `${one.measure} of ${one.label}`, figure(one.a), figure(one.b), figure(one.difference), probability(one.p), probability(one.pAdjusted)]),
        ),
      );
      context.out("");
    }
    context.out(`(${Math.round(comparison.level * 100)} % intervals; ${comparison.cases.shared} shared cases)`);
    context.out(`report  ${path.join(out, "compare.html")}`);
  },
};
