import path from "node:path";
import { checkImages, createDataPool, loadDataset } from "../../data/index.js";
import { checkOrientation } from "../../study/index.js";
import type { Command } from "../contract.js";
import { dataOptions, readCount, readIdentity, readWhere } from "../data-options.js";
import { textTable } from "../table.js";
import { engineOptions, readEngine } from "../engine-options.js";

const shown = 30;

export const dataOrient: Command = {
  description:
    "DICOM images are turned as their header says. Where no header tells, this finds images that lie otherwise than the rest: a small network learns which way is up from the images themselves, turned in all eight ways, and judges those it was not trained on. " +
    "How often it is right on these is printed with what it found. Nothing is changed.",
  arguments: [{ name: "<data>", description: "CSV table with file,label, or a folder with one folder per class" }],
  options: [...dataOptions, { flags: "--epochs <n>", description: "passes over the images (default: 8)" }, ...engineOptions],
  examples: ["osteon data orient labels.csv", "osteon data orient radiographs/ --json"],
  async run(context, [data], options) {
    const skipBad = options["skipBad"] === true;
    const epochs = readCount(options["epochs"], "--epochs");
    const engine = await readEngine(options, context);
    const loaded = await loadDataset(path.resolve(context.folder, data!), { where: readWhere(options["where"]), skipBad, ...(await readIdentity(options, context.folder)) });
    const pool = createDataPool();
    try {
      const dataset = await checkImages(loaded, { skipBad, pool, depth: "header", onProgress: context.onProgress, signal: context.signal });
      const check = await checkOrientation(dataset, { pool, ...(epochs !== undefined && { epochs }), engine, onProgress: context.onProgress, signal: context.signal });
      if (options["json"] === true) return context.out(JSON.stringify(check, null, 2));
      const { accuracy, images, turned } = check;
      if (turned.length > 0) context.out(textTable(["image", "looks", "probability", "turn"], turned.slice(0, shown).map(({ id, looks, probability, turn }) => [id, looks, probability.toFixed(3), String(turn)])));
      if (turned.length > shown) context.out(`and ${turned.length - shown} more`);
      context.out(`${turned.length} of ${images} images seem to be turned`);
      context.out(`on images turned on purpose, which side is up was found in ${(100 * accuracy.side).toFixed(1)} % (chance 25 %), and whether they are mirrored in ${(100 * accuracy.mirror).toFixed(1)} % of these (chance 50 %)`);
      if (accuracy.mirror < 0.9) context.note("Mirrored images cannot be told in these data and are not looked for.");
    } finally {
      await pool.close();
    }
  },
};
