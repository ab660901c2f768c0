import { mkdir } from "node:fs/promises";
import path from "node:path";
import { InputError, OsteonError, unknownName } from "../../base/index.js";
import { deidentifyFile, listDicomFiles, optionNames, parseDicom, renderFrame, type DeidentifiedFile, type DicomFile, type OptionName, type Pseudonyms } from "../../dicom/index.js";
import { withFileErrors, writeFileAtomic } from "../../files/index.js";
import { encodePicture } from "../../images/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readPseudonyms } from "../read-pseudonyms.js";
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

async function readKey(context: Context, options: OptionValues): Promise<Pseudonyms> {
  const named = options["keyFile"];
  if (typeof named !== "string") throw new InputError("key-needed", "dicom deidentify: expected --key-file FILE, got none. Name a file with at least 16 secret bytes, or add --create-key to have one made.");
  return readPseudonyms(context, named, { create: options["createKey"] === true });
}

/** One file per file that was read, also where a careless export gave several of them one UID. */
function freeName(wanted: string, taken: Set<string>): string {
  let name = `${wanted}.dcm`;
  for (let copy = 2; taken.has(name); copy++) name = `${wanted}-${copy}.dcm`;
  taken.add(name);
  return name;
}

/** The image with what will be painted over framed in red. */
async function preview(file: DicomFile, { masks }: DeidentifiedFile): Promise<Uint8Array> {
  const { pixels, height, width } = renderFrame(file, { orientation: "stored" });
  const data = new Uint8Array(3 * height * width);
  for (let i = 0; i < height * width; i++) data.fill(Math.round(255 * pixels[i]!), 3 * i, 3 * i + 3);
  for (const { row, column, height: tall, width: wide } of masks) {
    for (let r = row; r < row + tall; r++) {
      for (let c = column; c < column + wide; c++) {
        const isFrame = Math.min(r - row, row + tall - 1 - r, c - column, column + wide - 1 - c) < 3;
        if (isFrame) data.set([255, 0, 0], 3 * (r * width + c));
      }
    }
  }
  return encodePicture({ data, height, width, channels: 3 }, "png");
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
    const pseudonyms = await readKey(context, options);
    const { files, others } = await listDicomFiles(path.resolve(context.folder, source!));
    if (files.length === 0) throw new InputError("no-dicom", `dicom deidentify: expected DICOM files, got none among ${others} files. Check the path.`);
    const folder = path.resolve(context.folder, out!);
    await withFileErrors(out!, () => mkdir(folder, { recursive: true }));
    const isPreview = options["preview"] === true;
    const refused: { number: number; reason: string }[] = [];
    const done: { number: number; file: string; pseudonym: string; masks: DeidentifiedFile["masks"]; changes: Record<string, number> }[] = [];
    const warnings: string[] = [];
    const taken = new Set<string>();
    for (const [i, found] of files.entries()) {
      context.signal.throwIfAborted();
      if (files.length > 5) context.onProgress({ task: "de-identifying", done: i, total: files.length, unit: "files" });
      const number = i + 1;
      try {
        // Paths may name the patient: files are told by their number.
        const parsed = parseDicom(await found.read(), { name: `file ${number} of ${files.length}` });
        const result = deidentifyFile(parsed, { pseudonyms, options: chosen });
        const file = isPreview ? `preview-${String(number).padStart(5, "0")}.png` : freeName(path.join(result.pseudonym, result.instanceUid || "no-uid"), taken);
        if (!isPreview) {
          await withFileErrors(out!, () => mkdir(path.join(folder, result.pseudonym), { recursive: true }));
          await writeFileAtomic(path.join(folder, file), result.bytes);
        } else if (result.masks.length > 0) await writeFileAtomic(path.join(folder, file), await preview(parsed, result));
        const changes: Record<string, number> = {};
        for (const change of result.changes) changes[change.done] = (changes[change.done] ?? 0) + 1;
        done.push({ number, file: isPreview && result.masks.length === 0 ? "" : file, pseudonym: result.pseudonym, masks: result.masks, changes });
        warnings.push(...result.warnings.map(({ message }) => message));
      } catch (error) {
        if (!(error instanceof OsteonError) || options["skipBad"] !== true) throw error;
        refused.push({ number, reason: error.message });
      }
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
