import path from "node:path";
import { attachRegions, checkImages, loadDataset, type ImageTraits } from "../../data/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { auditShortcuts, findings, isAudited, isEstimate, renderAuditPage, type ShortcutAudit } from "../../study/index.js";
import type { Command, Context } from "../contract.js";
import { dataOptions, readRegions, readWhere, regionOptions } from "../data-options.js";
import { textTable } from "../table.js";
import { osteonVersion } from "../version.js";

function printShortcuts({ out }: Context, audit: ShortcutAudit): void {
  if (!isAudited(audit)) {
    out(`Shortcuts: could not be tested (${audit.notEstimable})`);
    return;
  }
  const rows = audit.probes.map(({ title, auc, pAdjusted, found }) => [
    title,
    isEstimate(auc) ? `${auc.estimate.toFixed(2)} (${auc.lower.toFixed(2)}-${auc.upper.toFixed(2)})` : "not estimable",
    pAdjusted < 0.001 ? "<0.001" : pAdjusted.toFixed(3),
    found ? "predicts the label" : "",
  ]);
  out(textTable(["from this alone", "AUC (interval)", "adjusted p", ""], rows));
  for (const { label, cases, markers, lines, margins } of audit.located) out(`${label}: markers or letters on ${markers}, drawn lines on ${lines}, straight margins on ${margins} of ${cases} images`);
  const found = findings(audit);
  out("");
  if (found.length === 0) out("No shortcut found: nothing beside the anatomy predicts the label beyond chance.");
  for (const { sentence, remedy } of found) {
    out(`! ${sentence}`);
    out(`  ${remedy}`);
  }
}

export const dataAudit: Command = {
  name: "data audit",
  summary: "Say whether the label can be told from what is not anatomy",
  description:
    "Asks of image size, borders, markers, drawn lines, brightness, noise, file format, file names, a blurred thumbnail and the image outside of its region of interest whether the label can be predicted from each alone: AUC cross-validated by patients, tested by exchanging labels, adjusted for the number of questions. Every study run does the same.",
  arguments: [{ name: "<data>", description: "CSV table with file,label, or a folder with one folder per class" }],
  options: [
    ...dataOptions,
    { flags: "--label-column <name>", description: "column that holds the label, where it is not named label" },
    { flags: "--patient-column <name>", description: "column that holds the patient, where it is not named patient" },
    ...regionOptions,
    { flags: "--html <file>", description: "write the audit as a page, with pictures of what was located" },
  ],
  examples: ["osteon data audit labels.csv", "osteon data audit labels.csv --where series=A --html audit.html", "osteon data audit labels.csv --label-column diagnosis --json", "osteon data audit radiographs/ --regions masks/"],
  async run(context, [data], options) {
    const { skipBad: skip, labelColumn, patientColumn, html, json } = options;
    const skipBad = skip === true;
    const columns = { ...(typeof labelColumn === "string" && { label: labelColumn }), ...(typeof patientColumn === "string" && { patient: patientColumn }) };
    const found = await loadDataset(path.resolve(context.folder, data!), { where: readWhere(options["where"]), skipBad, columns });
    const { regions, regionCategories } = readRegions(options, context.folder);
    const loaded = regions === undefined ? found : await attachRegions(found, regions, { ...(regionCategories && { categories: regionCategories }) });
    const traits = new Map<string, ImageTraits>();
    const dataset = await checkImages(loaded, { skipBad, onTraits: (id, own) => void traits.set(id, own), onProgress: context.onProgress, signal: context.signal });
    const shortcuts = await auditShortcuts(dataset, traits, { onProgress: context.onProgress, signal: context.signal });
    const page = typeof html === "string" ? path.resolve(context.folder, html) : undefined;
    if (page !== undefined) await writeFileAtomic(page, await renderAuditPage({ dataset, traits, shortcuts, softwareVersion: osteonVersion() }));
    if (json === true) {
      context.out(JSON.stringify({ data: dataset.name, cases: dataset.cases.length, labels: dataset.labels, hasPatients: dataset.hasPatients, shortcuts, warnings: dataset.warnings, ...(page !== undefined && { page }) }, null, 2));
      return;
    }
    printShortcuts(context, shortcuts);
    for (const { message } of dataset.warnings) context.note(`warning: ${message}`);
    if (page !== undefined) context.out(`page  ${page}`);
  },
};
