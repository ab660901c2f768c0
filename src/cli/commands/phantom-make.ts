import path from "node:path";
import { InputError } from "../../base/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { designOf, drawContactSheet, makePhantomsAgain, planPhantomDataset, views, writePhantomDataset, type ImageEncoding, type PlannedImage, type PlanOptions } from "../../phantom/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readCount, readNames } from "../data-options.js";
import { textTable } from "../table.js";
import { phantomOptions, readPlan } from "./phantom-make-options.js";

export const phantomMake: Command = {
  description:
    "Writes PNG or DICOM images, masks, labels.csv, coco.json and truth.jsonl. The same seed gives the same bytes. Stop it with Ctrl-C and run the same command again to go on. " +
    "`osteon study run RECIPE --data OUT/labels.csv` uses it as it is; docs/reference/phantom.md tells what is in it.",
  arguments: [{ name: "[view]", description: `${Object.keys(views).join(", ")}: one class per condition seen on it` }],
  options: [
    { flags: "--out <folder>", description: "folder to write to, empty or of the same command (default: phantoms)" },
    ...phantomOptions,
    { flags: "--preview [file]", description: "draw a contact sheet; without --out nothing else is made" },
    { flags: "--outline", description: "on the contact sheet, a line around the relevant region" },
    { flags: "--columns <n>", description: "images of each class on the contact sheet (default: 6)" },
    { flags: "--workers <n>", description: "threads (default: all cores)" },
    { flags: "--again <file>", description: "make images again from this truth.jsonl, instead of a data set" },
    { flags: "--name <names>", description: "with --again: which images, such as P0003-2, separated by commas" },
  ],
  examples: [
    "osteon phantom make lumbar-lateral --count 500 --seed 7 --out DIR",
    "osteon phantom make --study spine-abnormality --preview sheet.png --outline",
    "osteon phantom make lumbar-lateral --classes normal,isthmic-spondylolisthesis --posture neutral,flexion,extension --out DIR",
    "osteon phantom make disc-mri --bit-depth 16 --out DIR",
    "osteon phantom make lumbar-lateral --format dicom --radiographs cr --out DIR",
    "osteon phantom make whole-spine-ap --classes normal,scoliosis --shortcut marker:1 --test-share 0.2 --out DIR",
    "osteon phantom make whole-spine-ap --label-noise 0.1 --near-duplicates 0.05 --split-patients 0.1 --out DIR",
    "osteon phantom make lumbar-ap --hospitals 3 --hospital-tie 0.8 --test-hospital hospital-3 --out DIR",
    "osteon phantom make lumbar-lateral --test-share 0.3 --readers radiologists=3:0.9,residents=3:0.8 --out DIR",
    "osteon phantom make --again DIR/truth.jsonl --name P0003-2 --out AGAIN",
  ],
  async run(context, [view], options) {
    if (options["again"] !== undefined) return again(context, view, options);
    if (options["name"] !== undefined) throw new InputError("option-alone", "--name: expected --again beside it, got none. Name the truth.jsonl the image is made from.");
    const plan = readPlan(view, options);
    const [encoding, workers] = [readEncoding(options), readCount(options["workers"], "--workers")];
    const planned = planPhantomDataset(plan);
    const asked = typeof options["out"] === "string" ? path.resolve(context.folder, options["out"]) : undefined;
    const sheet = readSheet(context, options, asked);
    const directory = asked ?? path.resolve(context.folder, "phantoms");
    const table = options["preview"] !== undefined && asked === undefined
      ? undefined
      : await writePhantomDataset({ ...plan, directory, encoding, onProgress: context.onProgress, signal: context.signal, ...(workers !== undefined && { workers }) });
    if (sheet !== undefined) await drawPreview(context, planned, plan, sheet);
    report(context, { planned, plan, table, preview: sheet?.file, asJson: options["json"] === true });
  },
};

/** How images are written; the fewest bits of the format where none are asked for. */
function readEncoding({ format, bitDepth, radiographs }: OptionValues): ImageEncoding {
  const isDicom = format === "dicom";
  if (!isDicom && radiographs !== undefined) throw new InputError("option-alone", "--radiographs: expected --format dicom beside it, got none. Ask for DICOM images, too.");
  const allowed = isDicom ? ([12, 16] as const) : ([8, 16] as const);
  const bits = bitDepth === undefined ? allowed[0] : allowed.find((one) => String(one) === bitDepth);
  if (bits === undefined) throw new InputError("option-number", `--bit-depth: expected ${allowed.join(" or ")}, got "${String(bitDepth)}". Correct the option.`);
  return isDicom ? { format, bitDepth: bits, radiographs: radiographs === "cr" ? "CR" : "DX" } : { format: "png", bitDepth: bits };
}

interface SheetOptions {
  readonly file: string;
  readonly perRow: number;
  readonly outline: boolean;
}

/** The contact sheet asked for: beside the data set, or alone in the working folder. */
function readSheet(context: Context, options: OptionValues, asked: string | undefined): SheetOptions | undefined {
  const wanted = options["preview"];
  if (wanted === undefined) {
    const stray = ["outline", "columns"].find((name) => options[name] !== undefined);
    if (stray !== undefined) throw new InputError("option-alone", `--${stray}: expected --preview beside it, got none. Ask for the contact sheet, too.`);
    return undefined;
  }
  const file = typeof wanted === "string" ? path.resolve(context.folder, wanted) : path.join(asked ?? context.folder, asked === undefined ? "phantom-preview.png" : "preview.png");
  if (!file.endsWith(".png")) throw new InputError("option-file", `--preview: expected a file name that ends in .png, got "${String(wanted)}". Correct the option.`);
  return { file, perRow: readCount(options["columns"], "--columns") ?? 6, outline: options["outline"] === true };
}

async function drawPreview(context: Context, planned: readonly PlannedImage[], plan: PlanOptions, { file, perRow, outline }: SheetOptions): Promise<void> {
  const design = designOf(plan);
  const patients = new Set(planned.map(({ patient }) => patient)).size;
  const sheet = await drawContactSheet(planned, {
    title: design.title,
    remark: `${planned.length} images of ${patients} patients · seed ${plan.seed} · simulated, not of any person`,
    labels: Object.keys(design.classes),
    perRow,
    outline,
    onProgress: context.onProgress,
    signal: context.signal,
  });
  await writeFileAtomic(file, sheet);
}

interface Made {
  readonly planned: readonly PlannedImage[];
  readonly plan: PlanOptions;
  readonly table: string | undefined;
  readonly preview: string | undefined;
  readonly asJson: boolean;
}

function report(context: Context, { planned, plan, table, preview, asJson }: Made): void {
  const number = (images: readonly PlannedImage[], key: (image: PlannedImage) => string): number => new Set(images.map(key)).size;
  const classes = Object.keys(designOf(plan).classes).map((label) => {
    const own = planned.filter((image) => image.label === label);
    return { label, images: own.length, patients: number(own, ({ patient }) => patient), studies: number(own, ({ study }) => study), test: own.filter(({ split }) => split === "test").length };
  });
  if (asJson) return context.out(JSON.stringify({ table, preview, images: planned.length, classes }));
  const split = planned.some((image) => image.split !== "");
  context.out(textTable(["class", "images", "patients", "studies", ...(split ? ["test images"] : [])], classes.map((row) => [row.label, String(row.images), String(row.patients), String(row.studies), ...(split ? [String(row.test)] : [])])));
  if (table !== undefined) context.out(`labels   ${table}`);
  if (preview !== undefined) context.out(`preview  ${preview}`);
}

async function again(context: Context, view: string | undefined, options: OptionValues): Promise<void> {
  const stray = [...(view === undefined ? [] : [view]), ...Object.keys(options).filter((name) => !["again", "name", "out", "json"].includes(name) && options[name] !== undefined)];
  if (stray.length > 0) throw new InputError("option-alone", `--again: expected --name and --out beside it, got ${stray.join(", ")}. Everything else stands in truth.jsonl.`);
  const names = readNames(options["name"]) ?? [];
  if (names.length === 0) throw new InputError("option-names", "--again: expected --name beside it, got none. Name the images, such as --name P0003-2.");
  if (typeof options["out"] !== "string") throw new InputError("option-alone", "--again: expected --out beside it, got none. Name a folder for the images.");
  const directory = path.resolve(context.folder, options["out"]);
  const made = await makePhantomsAgain({ truth: path.resolve(context.folder, options["again"] as string), names, directory });
  for (const { name, same } of made) if (!same) context.note(`warning: ${name}: the bytes differ from those the data set was written with: another version of the generator.`);
  if (options["json"] === true) return context.out(JSON.stringify(made.map(({ files, ...rest }) => ({ ...rest, files: files.map((file) => path.join(directory, file)) }))));
  for (const { files } of made) for (const file of files) context.out(path.join(directory, file));
}
