import { createReadStream } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { DataError, InputError, unknownName } from "../../base/index.js";
import { sha256, withFileErrors, writeFileAtomic } from "../../files/index.js";
import { conditions } from "../conditions/index.js";
import { discStates } from "../mri/disc-state.js";
import type { PlannedImage } from "./case-recipe.js";
import { pathOf, type ImageEncoding } from "./image-encoding.js";
import { makeCase, type CaseFolder } from "./make-case.js";
import { views } from "./views.js";

/** A line of truth.jsonl, as far as an image is made from it. */
type TruthLine = PlannedImage & Partial<ImageEncoding> & { readonly sha256: string };

export interface MadeAgain {
  readonly name: string;
  /** Files written, relative to the folder. */
  readonly files: readonly string[];
  /** Whether the image's bytes are those that truth.jsonl was written with. */
  readonly same: boolean;
}

export interface MakeAgainOptions {
  /** The truth.jsonl of a data set. */
  readonly truth: string;
  /** Images to make, such as P0003-2. */
  readonly names: readonly string[];
  readonly directory: string;
}

/**
 * Makes images of a data set again, with their masks, from its truth.jsonl alone.
 * @throws NotFoundError `unknown-image`; DataError `phantom-truth`, `file-...`
 */
export async function makePhantomsAgain({ truth, names, directory }: MakeAgainOptions): Promise<MadeAgain[]> {
  if (names.length === 0) throw new InputError("phantom-names", "names: expected at least one image, got none. Name one, such as P0001-1.");
  const lines = await findLines(truth, new Set(names));
  const result: MadeAgain[] = [];
  for (const name of new Set(names)) {
    const line = lines.get(name)!;
    const encoding = encodingOf(line);
    const made = makeCase(line, encoding);
    const files = Object.entries(made.files).map(([folder, bytes]) => ({ file: pathOf(folder as CaseFolder, name, encoding.format), bytes }));
    for (const { file, bytes } of files) await writeFileAtomic(path.join(directory, file), bytes);
    result.push({ name, files: files.map(({ file }) => file), same: sha256(made.files.images!) === line.sha256 });
  }
  return result;
}

async function findLines(truth: string, wanted: ReadonlySet<string>): Promise<Map<string, TruthLine>> {
  const found = new Map<string, TruthLine>();
  const known: string[] = [];
  await withFileErrors(truth, async () => {
    const input = createReadStream(truth);
    const failed = new Promise<never>((_, reject) => input.once("error", reject));
    const read = async (): Promise<void> => {
      let number = 0;
      for await (const text of createInterface({ input, crlfDelay: Infinity })) {
        number += 1;
        if (text.trim() === "") continue;
        const line = readLine(text, `${path.basename(truth)}:${number}`);
        known.push(line.name);
        if (wanted.has(line.name)) found.set(line.name, checkLine(line, `${path.basename(truth)}:${number}`));
      }
    };
    await Promise.race([read(), failed]);
  });
  for (const name of wanted) if (!found.has(name)) throw unknownImage(name, known);
  return found;
}

function unknownImage(name: string, known: readonly string[]): Error {
  return known.length <= 12 ? unknownName("image", name, known) : unknownName("image", name, [...known.slice(0, 11), `... (${known.length} images)`]);
}

function readLine(text: string, where: string): TruthLine {
  let line: Partial<TruthLine> | undefined;
  try {
    line = JSON.parse(text) as TruthLine;
  } catch {
    line = undefined;
  }
  if (typeof line?.name !== "string" || !/^[\w-]+$/.test(line.name)) throw new DataError("phantom-truth", `${where}: expected a line of truth.jsonl with the name of an image, got something else. Name the truth.jsonl of a data set.`);
  return line as TruthLine;
}

function encodingOf({ format = "png", bitDepth, radiographs }: TruthLine): ImageEncoding {
  return { format, bitDepth: bitDepth!, ...(radiographs && { radiographs }) };
}

/** A file may come from anywhere: what makes the image must be what the generator knows. */
function checkLine(line: TruthLine, where: string): TruthLine {
  const refuse = (what: string): never => {
    throw new DataError("phantom-truth", `${where}: expected ${what}, got another value. The file was changed or comes from another version.`);
  };
  const { options } = line;
  if (typeof options !== "object" || options === null) refuse("the options of an image");
  if (![8, 12, 16].includes(line.bitDepth!)) refuse("a bit depth of 8, 12 or 16");
  if (![undefined, "png", "dicom"].includes(line.format)) refuse("a known format");
  if (![undefined, "CR", "DX"].includes(line.radiographs)) refuse("CR or DX");
  if (typeof line.gamma !== "number" || !(line.gamma > 0)) refuse("a positive gamma");
  if (line.kind === "radiograph") {
    if (!Object.hasOwn(conditions, line.options.condition)) refuse("a known condition");
    if (line.options.view !== undefined && !Object.hasOwn(views, line.options.view)) refuse("a known view");
  } else if (line.kind === "disc-mri") {
    if (!discStates.includes(line.options.state)) refuse("a known state of the disc");
  } else refuse("a radiograph or a disc MRI");
  return line;
}
