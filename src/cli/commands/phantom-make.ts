import path from "node:path";
import { writePhantomDataset } from "../../phantom/index.js";
import type { Command } from "../contract.js";
import { readCount } from "../data-options.js";

export const phantomMake: Command = {
  name: "phantom make",
  summary: "Generate radiographs with known truth",
  description: "Writes PNG images, masks of the relevant region and labels.csv. The same seed gives the same bytes.",
  options: [
    { flags: "--out <folder>", description: "folder to write to", default: "phantoms" },
    { flags: "--count <n>", description: "images (default: 100)" },
    { flags: "--seed <n>", description: "names the random numbers (default: 1)" },
  ],
  examples: ["osteon phantom make --count 120 --seed 7 --out phantoms/"],
  async run(context, _args, options) {
    const table = await writePhantomDataset({
      directory: path.resolve(context.folder, options["out"] as string),
      count: readCount(options["count"], "--count", 2) ?? 100,
      seed: readCount(options["seed"], "--seed", 0) ?? 1,
      onProgress: context.onProgress,
    });
    context.out(options["json"] === true ? JSON.stringify({ table }) : table);
  },
};
