import path from "node:path";
import { unknownName } from "../../base/index.js";
import { isArchitectureName, pullWeights, weightsSources } from "../../models/index.js";
import type { Command } from "../contract.js";
import { textTable } from "../table.js";
import { readConfiguration, weightsFolder } from "../user-configuration.js";
import { findWeights } from "../weights-files.js";

export const weightsPull: Command = {
  name: "weights pull",
  summary: "Download published ImageNet weights, checked by SHA-256",
  description: "An interrupted download goes on where it stopped. The file is used by every later command.",
  arguments: [{ name: "<network>", description: `one of ${Object.keys(weightsSources).join(", ")}` }],
  options: [
    { flags: "--source <name>", description: "another published training recipe, see: osteon weights list" },
    { flags: "--folder <folder>", description: "folder to keep the file in (default: OSTEON_WEIGHTS, or the user's cache folder)" },
  ],
  examples: ["osteon weights pull mobilenet_v2", "osteon weights pull resnet50 --source IMAGENET1K_V1"],
  async run(context, [network], options) {
    if (!isArchitectureName(network!) || weightsSources[network] === undefined) throw unknownName("network", network!, Object.keys(weightsSources));
    const folder = typeof options["folder"] === "string" ? path.resolve(context.folder, options["folder"]) : weightsFolder(context, await readConfiguration(context));
    const file = await pullWeights(network, {
      directory: folder,
      onProgress: context.onProgress,
      signal: context.signal,
      ...(typeof options["source"] === "string" && { source: options["source"] }),
    });
    context.out(options["json"] === true ? JSON.stringify({ network, file }) : file);
  },
};

export const weightsList: Command = {
  name: "weights list",
  summary: "Published weights, their licences, and which are at hand",
  examples: ["osteon weights list", "osteon weights list --json"],
  async run(context, _args, options) {
    const present = findWeights(context, await readConfiguration(context), undefined);
    const rows = Object.entries(weightsSources).flatMap(([network, sources]) => sources.map((source) => ({ network, ...source, present: path.basename(present[network] ?? "") === path.basename(new URL(source.url).pathname) })));
    if (options["json"] === true) return context.out(JSON.stringify(rows, null, 2));
    context.out(textTable(["network", "source", "MB", "top-1 %", "licence", "here"], rows.map(({ network, name, bytes, accuracy, license, present: here }) => [network, name, bytes === undefined ? "" : (bytes / 1e6).toFixed(0), accuracy.toFixed(1), license, here ? "yes" : "no"])));
  },
};
