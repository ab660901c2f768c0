import path from "node:path";
import { checkImages, loadDataset } from "../../data/index.js";
import type { Command } from "../contract.js";
import { dataOptions, readIdentity, readWhere } from "../data-options.js";
import { textTable } from "../table.js";

export const dataInspect: Command = {
  description: "Reads every label and decodes every image, and says what a study would be given: classes, patients, sizes, and every file that is in the way.",
  arguments: [{ name: "<data>", description: "CSV table with file,label, or a folder with one folder per class" }],
  options: dataOptions,
  examples: ["osteon data inspect labels.csv", "osteon data inspect labels.csv --where series=A --json", "osteon data inspect radiographs/ --skip-bad", "osteon data inspect MURA-v1.1/ --where body_part=shoulder"],
  async run(context, [data], options) {
    const where = readWhere(options["where"]);
    const skipBad = options["skipBad"] === true;
    const loaded = await loadDataset(path.resolve(context.folder, data!), { where, skipBad, ...(await readIdentity(options, context.folder)) });
    const dataset = await checkImages(loaded, { skipBad, onProgress: context.onProgress, signal: context.signal });
    const counts = dataset.labels.map((label) => ({ label, images: dataset.cases.filter((one) => one.label === label).length, patients: new Set(dataset.cases.filter((one) => one.label === label).map(({ patient }) => patient)).size }));
    if (options["json"] === true) {
      context.out(JSON.stringify({ cases: dataset.cases.length, classes: counts, hasPatients: dataset.hasPatients, setAside: dataset.setAside, warnings: dataset.warnings, sha256: dataset.sha256 }, null, 2));
      return;
    }
    context.out(textTable(["class", "images", "patients"], counts.map(({ label, images, patients }) => [label, String(images), dataset.hasPatients ? String(patients) : "?"])));
    const units = new Set(dataset.cases.flatMap(({ unit }) => unit ?? [])).size;
    context.out(`${dataset.cases.length} images in ${dataset.labels.length} classes${dataset.setAside.length > 0 ? `, ${dataset.setAside.length} set aside` : ""}`);
    if (units > 0) context.out(`decided on ${units} units of several images each (column unit, or exams of MURA)`);
    for (const { file, reason } of dataset.setAside) context.out(`set aside: ${file}: ${reason}`);
    for (const { message } of dataset.warnings) context.note(`warning: ${message}`);
  },
};
