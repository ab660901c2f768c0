import path from "node:path";
import type { Command } from "../contract.js";
import { regionOptions } from "../data-options.js";
import { predictImages } from "../predict-images.js";
import { readWindows, spacingOption } from "../read-windows.js";
import { textTable } from "../table.js";
import { writeOverlays } from "../write-overlays.js";

export const explain: Command = {
  name: "explain",
  summary: "Show where in an image a model's decision comes from",
  description: "Writes, for each image, the Grad-CAM map of the predicted class over the image at its own size.",
  arguments: [
    { name: "<model>", description: "model file of Osteon" },
    { name: "<image...>", description: "PNG or JPEG files" },
  ],
  options: [{ flags: "--out <folder>", description: "folder for the overlays", default: "osteon-maps" }, ...regionOptions, spacingOption],
  examples: ["osteon explain model.onnx radiograph.png", "osteon explain model.onnx *.png --out maps/ --json"],
  async run(context, [model, ...images], options) {
    const folder = path.resolve(context.folder, options["out"] as string);
    const files = images.map((image) => path.resolve(context.folder, image));
    const { predictions } = await predictImages(path.resolve(context.folder, model!), files, {
      windowOf: await readWindows(files, options, context.folder),
      signal: context.signal,
      onProgress: (done, total) => total > 5 && context.onProgress({ task: "explaining", done, total, unit: "images" }),
    });
    const overlays = await writeOverlays(predictions, folder);
    const rows = predictions.map(({ label, probabilities, map }, i) => ({ file: images[i]!, label, probability: probabilities[label]!, hasEvidence: map.values.some((value) => value > 0), overlay: overlays[i]! }));
    if (options["json"] === true) return context.out(JSON.stringify(rows, null, 2));
    context.out(textTable(["image", "class", "probability", "overlay"], rows.map(({ file, label, probability, hasEvidence, overlay }) => [file, label, probability.toFixed(4), hasEvidence ? overlay : `${overlay} (map is zero everywhere)`])));
  },
};
