import path from "node:path";
import { attachRegions, auditLeaks, checkImages, leakKinds, loadDataset, withKin, type ImageTraits } from "../../data/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { auditShortcuts, findings, isAudited, isEstimate, leakResults, leaksCsv, leakSection, renderAuditPage, sayPairs, type LeakResults, type ShortcutAudit } from "../../study/index.js";
import type { Command, Context } from "../contract.js";
import { dataOptions, readIdentity, readRegions, readWhere, regionOptions } from "../data-options.js";
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

/** Pairs of each kind that are printed; all of them are in the table of --pairs. */
const printedOfKind = 5;

function printLeaks({ out }: Context, { pairs, contradictions, signs }: LeakResults): void {
  out("");
  if (pairs.length === 0) out("No leak found: no two cases belong together beyond what the table says.");
  else {
    out(`! ${sayPairs({ pairs })}. A split must keep them on one side; Osteon's own does.`);
    const kinds = [...new Set(pairs.map(({ kind }) => kind))].map((kind) => pairs.filter((pair) => pair.kind === kind));
    const rows = kinds.flatMap((own) => own.slice(0, printedOfKind).map(({ a, b, kind, detail, isMirrored }) => [a, b, `${leakKinds[kind]}${isMirrored === true ? ", mirrored" : ""}`, detail?.toFixed(3) ?? ""]));
    out(textTable(["case", "other case", "what they share", "detail"], rows));
    const more = kinds.filter(({ length }) => length > printedOfKind).map((own) => `${own.length - printedOfKind} of ${leakKinds[own[0]!.kind]}`);
    if (more.length > 0) out(`... and more (${more.join("; ")}): --pairs FILE writes them all`);
  }
  if (contradictions > 0) out(`! ${contradictions} of them ${contradictions === 1 ? "is" : "are"} one image under two labels.`);
  for (const { message, byLabel } of signs) out(`! ${message} (${Object.entries(byLabel).map(([label, count]) => `${label} ${count}`).join(", ")})`);
}

export const dataAudit: Command = {
  description:
    "Asks of image size, borders, markers, drawn lines, brightness, noise, file format, file names, a blurred thumbnail and the image outside of its region of interest whether the label can be predicted from each alone: AUC cross-validated by patients, tested by exchanging labels, adjusted for the number of questions. Then it compares all images, patients, file names and DICOM identifiers for cases that belong together: copies that were re-encoded, resized, cut, mirrored, framed or of another contrast, one patient under two spellings. Every study run does the same.",
  arguments: [{ name: "<data>", description: "CSV table with file,label, or a folder with one folder per class" }],
  options: [
    ...dataOptions,
    { flags: "--label-column <name>", description: "column that holds the label, where it is not named label" },
    { flags: "--patient-column <name>", description: "column that holds the patient, where it is not named patient" },
    ...regionOptions,
    { flags: "--pairs <file>", description: "write the pairs of cases that belong together as CSV" },
    { flags: "--html <file>", description: "write the audit as a page, with pictures of what was located and of pairs of cases that belong together" },
  ],
  examples: ["osteon data audit labels.csv", "osteon data audit labels.csv --where series=A --html audit.html", "osteon data audit labels.csv --pairs leaks.csv", "osteon data audit labels.csv --label-column diagnosis --json", "osteon data audit radiographs/ --regions masks/"],
  async run(context, [data], options) {
    const { skipBad: skip, labelColumn, patientColumn, html, json } = options;
    const skipBad = skip === true;
    const columns = { ...(typeof labelColumn === "string" && { label: labelColumn }), ...(typeof patientColumn === "string" && { patient: patientColumn }) };
    const found = await loadDataset(path.resolve(context.folder, data!), { where: readWhere(options["where"]), skipBad, columns, ...(await readIdentity(options, context.folder)) });
    const { regions, regionCategories } = readRegions(options, context.folder);
    const loaded = regions === undefined ? found : await attachRegions(found, regions, { ...(regionCategories && { categories: regionCategories }) });
    const traits = new Map<string, ImageTraits>();
    const dataset = await checkImages(loaded, { skipBad, onTraits: (id, own) => void traits.set(id, own), onProgress: context.onProgress, signal: context.signal });
    const audit = await auditLeaks(dataset, { onProgress: context.onProgress, signal: context.signal });
    const leaks = leakResults(dataset, audit);
    if (typeof options["pairs"] === "string") await writeFileAtomic(path.resolve(context.folder, options["pairs"]), leaksCsv(leaks.pairs));
    const shortcuts = await auditShortcuts(withKin(dataset, audit), traits, { onProgress: context.onProgress, signal: context.signal });
    const page = typeof html === "string" ? path.resolve(context.folder, html) : undefined;
    if (page !== undefined) await writeFileAtomic(page, await renderAuditPage({ dataset, traits, shortcuts, sections: [await leakSection(dataset, leaks)], softwareVersion: osteonVersion() }));
    if (json === true) {
      context.out(JSON.stringify({ data: dataset.name, cases: dataset.cases.length, labels: dataset.labels, hasPatients: dataset.hasPatients, shortcuts, leaks, warnings: dataset.warnings, ...(page !== undefined && { page }) }, null, 2));
      return;
    }
    printShortcuts(context, shortcuts);
    printLeaks(context, leaks);
    for (const { message } of dataset.warnings) context.note(`warning: ${message}`);
    if (page !== undefined) context.out(`page  ${page}`);
  },
};
