import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { stringify } from "yaml";
import { seededRandom } from "../base/index.js";
import { plantedFile } from "../dicom/deidentify/planted.testkit.js";
import { inScratchFolder, tinyRecipe } from "../study/tiny-study.testkit.js";
import { runCli, type CliResult } from "./cli.testkit.js";

const [rows, columns] = [48, 40];

/** A bright square, or stripes, on noise. */
function draw(shape: string, n: number): Uint8Array {
  const random = seededRandom("planted image", shape, n);
  const [top, left] = [8 + random.integer(16), 6 + random.integer(12)];
  return Uint8Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns) - top, (at % columns) - left];
    const isInside = row >= 0 && row < 16 && column >= 0 && column < 16;
    return (isInside && (shape === "square" || row % 4 < 2) ? 190 : 50) + random.integer(50);
  });
}

interface Needles {
  readonly numbers: ReadonlySet<string>;
  readonly names: readonly Buffer[];
}

/** Which needles stand in bytes: numbers as runs of digits, names in their own encoding, in UTF-8, and as pages and JSON write them. */
function survivorsIn(bytes: Buffer, { numbers, names }: Needles): string[] {
  const found = names.filter((name) => bytes.includes(name)).map((name) => name.toString());
  for (const [run] of bytes.toString("latin1").matchAll(/\d{12,}/g)) for (let at = 0; at + 12 <= run.length; at++) if (numbers.has(run.slice(at, at + 12))) found.push(run.slice(at, at + 12));
  return found;
}

test("10,000 identifiers planted in an export survive in nothing that is made of it: data set, run, report, log, errors, results as DICOM", { timeout: 1_200_000 }, (t) =>
  inScratchFolder(async (folder) => {
    const random = seededRandom("planted study");
    const planted: Uint8Array[] = [];
    let files = 0;
    for (const shape of ["square", "stripes"]) {
      for (let n = 0; n < 24; n++) {
        const image = { Rows: rows, Columns: columns, StudyInstanceUID: `1.2.3.${files}`, SeriesInstanceUID: `1.2.3.${files}.1`, SOPInstanceUID: `1.2.3.${files}.1.1`, BodyPartExamined: "LSPINE", ViewPosition: "LL", PatientAge: "047Y" };
        const { needles, file } = plantedFile(random, 120, { image, pixels: draw(shape, n), digits: 12 });
        planted.push(...needles);
        // Folders and files are called by patients, too.
        const place = path.join(folder, "export", shape, `Okonkwo_${files}`);
        await mkdir(place, { recursive: true });
        await writeFile(path.join(place, `Vandermeer-${files}.dcm`), file);
        files += 1;
      }
    }
    const texts = planted.map((needle) => Buffer.from(needle));
    const isNumber = (needle: Buffer): boolean => /^(?:1\.2\.3\.)?\d{12}$/.test(needle.toString("latin1"));
    const written = texts.filter((needle) => !isNumber(needle)).flatMap((needle) => [needle, Buffer.from(JSON.stringify(needle.toString()).slice(1, -1)), Buffer.from(needle.toString().replaceAll(/[^\x20-\x7e]/gu, (letter) => `&#${letter.codePointAt(0)};`))]);
    const needles: Needles = { numbers: new Set(texts.filter(isNumber).map((needle) => needle.toString("latin1").slice(-12))), names: [...new Map(written.filter((name) => name.length >= 6).map((name) => [name.toString("hex"), name])).values()] };
    assert.ok(planted.length >= 10_000, `${planted.length} planted`);
    assert.ok(survivorsIn(await readFile(path.join(folder, "export/square/Okonkwo_0/Vandermeer-0.dcm")), needles).length > 20, "what is looked for is found where it is");

    const said: { by: string; text: string }[] = [];
    const osteon = async (code: number, ...argv: string[]): Promise<CliResult> => {
      const result = await runCli(argv, { folder });
      said.push({ by: argv.slice(0, 2).join(" "), text: result.stdout + result.stderr });
      assert.equal(result.code, code, `${argv.join(" ")}: ${result.stderr}`);
      return result;
    };
    await writeFile(path.join(folder, "recipe.yaml"), stringify({ ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 2 } }, validation: { folds: 2 } }));
    await osteon(0, "dicom", "tree", "export");
    for (const n of [0, 1, 2, 3]) await writeFile(path.join(folder, `${n}.dcm`), await readFile(path.join(folder, `export/square/Okonkwo_${n}/Vandermeer-${n}.dcm`)));
    for (const n of [0, 1, 2, 3]) await osteon(0, "dicom", "inspect", `${n}.dcm`, ...(n % 2 === 0 ? ["--json"] : []));
    await osteon(0, "dicom", "deidentify", "export", "clean", "--key-file", "secret.key", "--create-key", "--json");
    await osteon(0, "data", "import", "export", "imported", "--labels", "folder", "--key-file", "secret.key");
    await osteon(0, "study", "run", "recipe.yaml", "--data", "imported/labels.csv", "--out", "run", "--threads", "1");
    // The files where they lie are de-identified as they are read.
    await osteon(0, "data", "inspect", "export");
    await osteon(0, "study", "run", "recipe.yaml", "--data", "export", "--out", "run-in-place", "--threads", "1");
    const model = (await readdir(path.join(folder, "run"), { recursive: true })).find((name) => name.endsWith("model.onnx"))!;
    const images = (await readdir(path.join(folder, "imported/images"))).slice(0, 4).map((name) => `imported/images/${name}`);
    await osteon(0, "predict", `run/${model}`, ...images, "--json", "--log", "predictions.jsonl", "--accept-out-of-scope", "--overlays", "overlays");
    await osteon(0, "dicom", "results", `run/${model}`, ...images, "--accept-out-of-scope", "--out", "results");
    // Errors of a file that is cut off, in each way that files come in.
    await mkdir(path.join(folder, "broken/square"), { recursive: true });
    await writeFile(path.join(folder, "broken/square/Smithfield.dcm"), (await readFile(path.join(folder, "export/square/Okonkwo_0/Vandermeer-0.dcm"))).subarray(0, -400));
    await writeFile(path.join(folder, "broken/square/Mullerstrom.dcm"), await readFile(path.join(folder, "export/square/Okonkwo_1/Vandermeer-1.dcm")));
    for (const argv of [["dicom", "deidentify", "broken", "never", "--key-file", "secret.key"], ["data", "import", "broken", "never", "--labels", "folder", "--key-file", "secret.key"]]) await osteon(3, ...argv);

    const survivors = said.flatMap(({ by, text }) => survivorsIn(Buffer.from(text), needles).map((needle) => `said by ${by}: ${needle}`));
    let looked = 0;
    for (const out of ["clean", "imported", "run", "run-in-place", "results", "overlays", "predictions.jsonl"]) {
      const entries = out.endsWith(".jsonl") ? [out] : (await readdir(path.join(folder, out), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
      for (const entry of entries) {
        looked += 1;
        survivors.push(...survivorsIn(Buffer.from(entry), needles).map((needle) => `named: ${entry}: ${needle}`), ...survivorsIn(await readFile(path.join(folder, entry)), needles).map((needle) => `in ${entry}: ${needle}`));
      }
    }
    t.diagnostic(`${planted.length} planted in ${files} files, ${looked} files made of them, ${survivors.length} survived`);
    assert.deepEqual(survivors.slice(0, 20), []);
  }));
