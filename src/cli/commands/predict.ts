import path from "node:path";
import type { Command } from "../contract.js";
import { predictImages } from "../predict-images.js";
import { textTable } from "../table.js";
import { writeOverlays } from "../write-overlays.js";

export const predict: Command = {
  name: "predict",
  summary: "Classify images with a trained model",
  description: "Prints the class and the probabilities of each image. With --overlays, the heat map of the predicted class is laid over each image.",
  arguments: [
    { name: "<model>", description: "model.onnx of a run, or any model file of Osteon" },
    { name: "<image...>", description: "PNG or JPEG files" },
  ],
  options: [{ flags: "--overlays <folder>", description: "write the heat maps over the images as PNG files" }],
  examples: ["osteon predict model.onnx radiograph.png", "osteon predict model.onnx *.jpg --json", "osteon predict model.onnx *.png --overlays maps/"],
  async run(context, [model, ...images], options) {
    const { metadata, predictions } = await predictImages(
      path.resolve(context.folder, model!),
      images.map((image) => path.resolve(context.folder, image)),
      { signal: context.signal, onProgress: (done, total) => total > 5 && context.onProgress({ task: "predicting", done, total, unit: "images" }) },
    );
    const overlays = typeof options["overlays"] === "string" ? await writeOverlays(predictions, path.resolve(context.folder, options["overlays"])) : undefined;
    if (options["json"] === true) {
      const rows = predictions.map(({ label, probabilities, map }, i) => ({
        file: images[i],
        label,
        probabilities,
        map: { height: map.height, width: map.width, values: Array.from(map.values) },
        ...(overlays && { overlay: overlays[i] }),
      }));
      return context.out(JSON.stringify({ model: { architecture: metadata.architecture, labels: metadata.labels }, predictions: rows }, null, 2));
    }
    context.out(textTable(["image", "class", ...metadata.labels.map((label) => `p(${label})`)], predictions.map(({ label, probabilities }, i) => [images[i]!, label, ...metadata.labels.map((name) => probabilities[name]!.toFixed(4))])));
    for (const file of overlays ?? []) context.out(`overlay ${file}`);
    context.note("For research. Not a medical device.");
  },
};
