import path from "node:path";
import { openWeights } from "../../models/index.js";
import type { Command } from "../contract.js";
import { textTable } from "../table.js";

/** Most rows of the table for people. */
const shownTensors = 40;

export const weightsInspect: Command = {
  description: "Reads names, types and shapes, and no more of the file than that. Nothing in the file is executed.",
  arguments: [{ name: "<file>", description: ".safetensors, .pth, .pt, .bin, .h5, .keras or .onnx" }],
  options: [{ flags: "--all", description: `list every tensor, not the first ${shownTensors}` }],
  examples: ["osteon weights inspect resnet50.pth", "osteon weights inspect model.keras --json"],
  async run(context, [name], options) {
    const file = await openWeights(path.resolve(context.folder, name!));
    try {
      const { tensors, metadata } = file;
      const numbers = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
      if (options["json"] === true) return context.out(JSON.stringify({ file: name, tensors, numbers, metadata }, null, 2));
      const shown = options["all"] === true ? tensors : tensors.slice(0, shownTensors);
      context.out(textTable(["tensor", "type", "shape"], shown.map((tensor) => [tensor.name, tensor.storedAs, `[${tensor.shape.join(", ")}]`])));
      if (shown.length < tensors.length) context.out(`... and ${tensors.length - shown.length} more (--all)`);
      context.out(`${tensors.length} tensors, ${numbers.toLocaleString("en-US")} numbers`);
      for (const [key, value] of Object.entries(metadata)) context.out(`${key}: ${value.length > 200 ? `${value.slice(0, 200)}...` : value}`);
    } finally {
      await file.close();
    }
  },
};
