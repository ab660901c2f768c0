import { mkdir, rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { InputError, OsteonError, unknownName } from "../../base/index.js";
import { listDicomFiles, optionNames, type FoundFile, type OptionName } from "../../dicom/index.js";
import { withFileErrors } from "../../files/index.js";
import { WorkerPool } from "../../images/index.js";
import type { Command, OptionValues } from "../contract.js";
import { deidentifyTasks, type DeidentifyOutcome, type DeidentifyRequest } from "../deidentify-tasks.js";
import { readKey } from "../read-pseudonyms.js";
import { textTable } from "../table.js";

const defaults: readonly OptionName[] = ["retain-safe-private", "clean-pixels"];

function readOptions(options: OptionValues): Set<OptionName> {
  const chosen = new Set<OptionName>(defaults);
  for (const name of (options["option"] as readonly string[] | undefined) ?? []) {
    if (!(name in optionNames)) throw unknownName("profile option", name, Object.keys(optionNames));
    chosen.add(name as OptionName);
  }
  if (options["safePrivate"] === false) chosen.delete("retain-safe-private");
  if (options["keepBurnedIn"] === true) chosen.delete("clean-pixels");
  return chosen;
}

/** One file per file that was read, also where a careless export gave several of them one UID. */
function freeName(wanted: string, taken: Set<string>): string {
  let name = `${wanted}.dcm`;
  for (let copy = 2; taken.has(name); copy++) name = `${wanted}-${copy}.dcm`;
  taken.add(name);
  return name;
}

/** Files from which on worker threads are worth their start. */
const leastForWorkers = 9;

/** De-identifies files in order, some of them at once; hands each its outcome, or the error, in the order of the files. */
async function* outcomes(files: readonly FoundFile[], { signal, ...common }: Omit<DeidentifyRequest, "source" | "name" | "temporary"> & { readonly signal: AbortSignal }): AsyncGenerator<{ number: number; temporary: string; outcome: PromiseSettledResult<DeidentifyOutcome> }> {
  const pool = files.length < leastForWorkers ? undefined : new WorkerPool<typeof deidentifyTasks>(new URL("../deidentify-worker.js", import.meta.url), { workers: Math.min(8, availableParallelism()) });
  const ahead = pool === undefined ? 1 : 2 * pool.workers;
  const running: Promise<PromiseSettledResult<DeidentifyOutcome>>[] = [];
  const temporary = (i: number): string => `.part-${i + 1}`;
  const begin = async (i: number): Promise<DeidentifyOutcome> => {
    const found = files[i]!;
    const request = { ...common, source: found.file ?? (await found.read()), name: `file ${i + 1} of ${files.length}`, temporary: temporary(i) };
    return pool === undefined ? deidentifyTasks.deidentify(request) : pool.run("deidentify", request, { signal, subject: request.name });
  };
  try {
    for (let i = 0; i < files.length; i++) {
      signal.throwIfAborted();
      while (running.length < Math.min(files.length, i + ahead)) running.push(Promise.allSettled([begin(running.length)]).then(([settled]) => settled));
      yield { number: i + 1, temporary: temporary(i), outcome: await running[i]! };
    }
  } finally {
    // What was begun and is not wanted any more is not left behind.
    await pool?.close();
    for (let i = 0; i < running.length; i++) await rm(path.join(common.folder, temporary(i)), { force: true });
  }
}

export const dicomDeidentify: Command = {
  description:
    "Follows the Basic Application Confidentiality Profile of DICOM PS3.15 (2024b), table E.1-1, with the options named. Patients and UIDs get pseudonyms that are the same at every run with the same key. " +
    "Text burned into the outer quarters of an image is painted over. Files are named by their new UIDs, as their old names may tell who the patient is; messages count the files in the order of their paths. " +
    "With --preview nothing leaves: pictures with the found text framed, and what would be done.",
  arguments: [
    { name: "<in>", description: "DICOM file, folder of any depth, or ZIP archive" },
    { name: "<out>", description: "folder to write to; in a preview, folder for the pictures" },
  ],
  options: [
    { flags: "--key-file <file>", description: "secret that pseudonyms and UIDs come from" },
    { flags: "--create-key", description: "make the key file where there is none" },
    { flags: "--option <name>", description: `option of the profile beside ${defaults.join(" and ")}; may be given several times: ${Object.keys(optionNames).join(", ")}`, repeatable: true },
    { flags: "--no-safe-private", description: "remove every private element" },
    { flags: "--keep-burned-in", description: "do not look for burned-in text" },
    { flags: "--preview", description: "write pictures of what would be painted over, and no DICOM" },
    { flags: "--skip-bad", description: "leave files out that cannot be read, instead of stopping" },
  ],
  examples: ["osteon dicom deidentify export/ clean/ --key-file secret.key --create-key --preview", "osteon dicom deidentify export/ clean/ --key-file secret.key", "osteon dicom deidentify study.zip clean/ --key-file secret.key --option retain-modified-dates --option retain-patient-characteristics"],
  async run(context, [source, out], options) {
    const chosen = readOptions(options);
    const named = options["keyFile"];
    if (typeof named !== "string") throw new InputError("key-needed", "dicom deidentify: expected --key-file FILE, got none. Name a file with at least 16 secret bytes, or add --create-key to have one made.");
    const key = await readKey(context, named, { create: options["createKey"] === true });
    const { files, others } = await listDicomFiles(path.resolve(context.folder, source!));
    if (files.length === 0) throw new InputError("no-dicom", `dicom deidentify: expected DICOM files, got none among ${others} files. Check the path.`);
    const folder = path.resolve(context.folder, out!);
    await withFileErrors(out!, () => mkdir(folder, { recursive: true }));
    const isPreview = options["preview"] === true;
    const refused: { number: number; reason: string }[] = [];
    const done: { number: number; file: string; pseudonym: string; masks: DeidentifyOutcome["masks"]; changes: Readonly<Record<string, number>> }[] = [];
    const warnings: string[] = [];
    const taken = new Set<string>();
    for await (const { number, temporary, outcome } of outcomes(files, { key, options: [...chosen], folder, isPreview, signal: context.signal })) {
      if (files.length > 5) context.onProgress({ task: "de-identifying", done: number, total: files.length, unit: "files" });
      if (outcome.status === "rejected") {
        if (!(outcome.reason instanceof OsteonError) || options["skipBad"] !== true) throw outcome.reason;
        refused.push({ number, reason: outcome.reason.message });
        continue;
      }
      const { pseudonym, instanceUid, masks, changes, isWritten } = outcome.value;
      const file = isPreview ? `preview-${String(number).padStart(5, "0")}.png` : freeName(path.join(pseudonym, instanceUid || "no-uid"), taken);
      if (isWritten) {
        await withFileErrors(out!, async () => {
          await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
          await rename(path.join(folder, temporary), path.join(folder, file));
        });
      }
      done.push({ number, file: isWritten ? file : "", pseudonym, masks, changes });
      warnings.push(...outcome.value.warnings);
    }
    const patients = new Set(done.map(({ pseudonym }) => pseudonym)).size;
    if (options["json"] === true) return context.out(JSON.stringify({ preview: isPreview, options: [...chosen].sort(), patients, files: done, refused, otherFiles: others, warnings }, null, 2));
    const shown = done.slice(0, 20);
    context.out(textTable(["file", "patient", "removed", "emptied", "replaced", "cleaned", "text masks"], shown.map(({ number, pseudonym, masks, changes }) => [String(number), pseudonym, ...["removed", "emptied", "replaced", "cleaned"].map((key) => String(changes[key] ?? 0)), String(masks.length)])));
    if (done.length > shown.length) context.out(`and ${done.length - shown.length} more files`);
    context.out(`${done.length} files of ${patients} patients ${isPreview ? "looked at, nothing written but the pictures" : "written"}${refused.length > 0 ? `, ${refused.length} refused` : ""}${others > 0 ? `, ${others} other files passed over` : ""}`);
    for (const { reason } of refused) context.note(`refused: ${reason}`);
    for (const message of warnings) context.note(`warning: ${message}`);
  },
};
