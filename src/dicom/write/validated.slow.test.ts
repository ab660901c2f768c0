import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { checkDicom } from "../check/check-dicom.js";
import { runDciodvfy } from "../check/run-dciodvfy.js";
import { parseDicom, type DicomFile } from "../parse/parse-dicom.js";
import { makeCase } from "../../phantom/dataset/make-case.js";
import { planPhantomDataset } from "../../phantom/index.js";
import { buildElement } from "./build-dataset.js";
import { resultKinds, type ResultKind, type ResultObject } from "./contract.js";
import { options, sourceKinds, variedPrediction, variedSource } from "./results.testkit.js";
import { writeResults } from "./write-results.js";

const installed = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
const skipDciodvfy = installed("dciodvfy") ? false : "dciodvfy of dicom3tools is not installed";
const skipDcmtk = ["dcmdump", "dsrdump", "dcmpschk", "dcmj2pnm", "dcmp2pgm"].every(installed) ? false : "dcmtk is not installed";
const shared = path.resolve("../shared/data/dicom");

function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "osteon-results-"));
  return work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

/** Errors of dciodvfy in objects, two at a time. */
async function validate(folder: string, objects: readonly { readonly title: string; readonly bytes: Uint8Array }[]): Promise<string[]> {
  const errors: string[] = [];
  let next = 0;
  const lane = async (number: number): Promise<void> => {
    const file = path.join(folder, `${number}.dcm`);
    for (let i = next++; i < objects.length; i = next++) {
      writeFileSync(file, objects[i]!.bytes);
      const findings = await runDciodvfy(file);
      errors.push(...findings!.filter(({ severity }) => severity === "error").map(({ message }) => `${objects[i]!.title}: ${message}`));
    }
  };
  await Promise.all([lane(1), lane(2)]);
  return errors;
}

const wanted = 500;

for (const kind of resultKinds) {
  test(`dciodvfy finds no error in ${wanted} objects of kind ${kind}, and our own check finds none`, { skip: skipDciodvfy }, () =>
    inFolder(async (folder) => {
      const objects: { title: string; bytes: Uint8Array }[] = [];
      const sources = new Set<string>();
      for (let n = 0; objects.length < wanted; n++) {
        // A Parametric Map needs a place in the patient.
        const source = variedSource(n, kind === "parametric-map" ? (n % 2 === 0 ? "mr" : "enhanced-mr") : undefined);
        const { objects: made } = writeResults(variedPrediction(n, source.file), source, { ...options, parametricMapGrid: n % 3 === 0 ? "map" : "image", kinds: kind === "structured-report" ? resultKinds : [kind] });
        const found = made.find((object) => object.kind === kind);
        if (found === undefined) continue;
        sources.add(source.kind);
        objects.push({ title: `${kind} ${n} of ${source.kind}`, bytes: found.bytes });
      }
      assert.equal(sources.size, kind === "parametric-map" ? 2 : sourceKinds.length);
      assert.deepEqual(await validate(folder, objects), []);
      for (const { title, bytes } of objects) assert.deepEqual((await checkDicom(bytes, { dciodvfy: false })).findings, [], title);
    }));
}

/** Readable images of public sources, some of them with malformed UIDs. */
function publicSources(): DicomFile[] {
  return readdirSync(shared).flatMap((folder) => readdirSync(path.join(shared, folder)).map((name) => path.join(shared, folder, name))).flatMap((file) => {
    try {
      const parsed = parseDicom(readFileSync(file), { name: path.basename(file) });
      return parsed.dataset.has("Rows") ? [parsed] : [];
    } catch {
      return [];
    }
  });
}

test("dciodvfy finds no error in what is written of images of public sources", { skip: skipDciodvfy || (existsSync(shared) ? false : "shared data absent") }, () =>
  inFolder(async (folder) => {
    const objects = publicSources().flatMap((file, n) => {
      try {
        return writeResults(variedPrediction(n + 1, file), { file }, options).objects.map((object) => ({ title: `${object.kind} of ${file.name}`, bytes: object.bytes }));
      } catch (error) {
        assert.equal((error as { code?: string }).code, "dicom-source");
        return [];
      }
    });
    assert.ok(objects.length > 150);
    assert.deepEqual(await validate(folder, objects), []);
  }));

test("dciodvfy finds no error in what is written of images with malformed UIDs", { skip: skipDciodvfy }, () =>
  inFolder(async (folder) => {
    const malformed = ["1.02.3", "1.2.840.0123.7", "not a UID", `1.${"2".repeat(80)}`, "1..2", ".1.2", "1.2.", "Ω.1"];
    const objects = Array.from({ length: 60 }, (_, n) => variedSource(n)).flatMap((source, n) => {
      for (const [i, keyword] of ["SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"].entries()) if (((n + 1) >> i) % 2 === 1) source.file.dataset.set(buildElement(keyword, malformed[(n + i) % malformed.length]!));
      return writeResults(variedPrediction(n, source.file), source, options).objects.map((object) => ({ title: `${object.kind} ${n} of ${source.kind}`, bytes: object.bytes }));
    });
    assert.ok(objects.length > 200);
    assert.deepEqual(await validate(folder, objects), []);
  }));

test("dciodvfy finds no error in phantoms of every view as CR, DX and MR", { skip: skipDciodvfy }, () =>
  inFolder(async (folder) => {
    const views = ["whole-spine-ap", "whole-spine-lateral", "lumbar-ap", "lumbar-lateral", "disc-mri"] as const;
    const objects = views.flatMap((view) =>
      planPhantomDataset({ count: 10, seed: 9, size: 48, view, visits: 2, experiments: { hospitals: ["a", "b"] } }).flatMap((planned) =>
        ([["CR", 12], ["DX", 16]] as const).map(([radiographs, bitDepth]) => ({ title: `${planned.name} ${view} ${radiographs}`, bytes: makeCase(planned, { format: "dicom", bitDepth, radiographs }).files.images! })),
      ),
    );
    assert.deepEqual(await validate(folder, objects), []);
  }));

/** Runs a program and gives what it says; throws where it fails. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: 64 * 1024 * 1024, encoding: "latin1" }, (error, out, err) => (error === null ? resolve(out + err) : reject(new Error(`${program} ${args.join(" ")}: ${err}`))));
  });
}

test("dcmtk reads, dumps, checks and renders what is written", { skip: skipDcmtk }, () =>
  inFolder(async (folder) => {
    const pathOf = (name: string): string => path.join(folder, name);
    const states: number[] = [];
    for (let n = 0; n < 60; n++) {
      const source = variedSource(n);
      const prediction = variedPrediction(n, source.file);
      const { objects } = writeResults(prediction, source, options);
      const get = (kind: ResultKind): ResultObject | undefined => objects.find((object) => object.kind === kind);
      for (const { kind, bytes } of objects) {
        writeFileSync(pathOf(`${kind}.dcm`), bytes);
        assert.ok(!/^[EF]: /m.test(await run("dcmdump", ["-q", pathOf(`${kind}.dcm`)])));
      }
      const report = await run("dsrdump", ["+Pc", pathOf("structured-report.dcm")]);
      assert.match(report, /Imaging Measurement Report/);
      assert.match(report, /Algorithm Name/);
      await run("dsrdump", [pathOf("key-objects.dcm")]);
      if (get("secondary-capture") !== undefined) await run("dcmj2pnm", ["-q", "--write-png", pathOf("secondary-capture.dcm"), pathOf("picture.png")]);
      if (get("segmentation") !== undefined) await run("dcmj2pnm", ["-q", "--write-png", pathOf("segmentation.dcm"), pathOf("mask.png")]);
      // dcmpschk takes bytes of UTF-8 and escape sequences for control characters.
      const state = get("presentation-state");
      if (state === undefined || ![undefined, "ISO_IR 100", "ISO_IR 144"].includes(parseDicom(state.bytes).dataset.text("SpecificCharacterSet"))) continue;
      assert.match(await run("dcmpschk", [pathOf("presentation-state.dcm")]), /Test passed/, `${n}`);
      states.push(n);
    }
    assert.ok(states.length >= 5, `${states.length} states`);
  }));

test("with the presentation state dcmtk renders an image as without it", { skip: skipDcmtk }, () =>
  inFolder(async (folder) => {
    let compared = 0;
    for (let n = 0; n < 60; n++) {
      // dcmtk renders no image of a few rows, of a slope of 0, or of a patient without a name.
      const source = variedSource(n, n % 2 === 0 ? "cr" : "mr");
      const { dataset } = source.file;
      if (dataset.number("Rows")! < 7 || dataset.number("RescaleSlope") === 0 || dataset.text("PatientName") === undefined) continue;
      const { objects } = writeResults(variedPrediction(n, source.file), source, { ...options, kinds: ["presentation-state"] });
      const [image, state] = [path.join(folder, "image.dcm"), path.join(folder, "state.dcm")];
      writeFileSync(state, objects[0]!.bytes);
      writeFileSync(image, sourceBytes(n));
      await run("dcmp2pgm", ["-q", "-D", image, path.join(folder, "alone.pgm")]);
      await run("dcmp2pgm", ["-q", "-D", "-p", state, image, path.join(folder, "with.pgm")]);
      const [alone, shown] = [readFileSync(path.join(folder, "alone.pgm")), readFileSync(path.join(folder, "with.pgm"))];
      assert.equal(shown.length, alone.length);
      // A modality table spread to 16 bits rounds once more.
      const most = shown.reduce((worst, value, i) => Math.max(worst, Math.abs(value - alone[i]!)), 0);
      assert.ok(most <= 1, `${n}: ${most}`);
      compared += 1;
    }
    assert.ok(compared > 20, `${compared} compared`);
  }));

function sourceBytes(n: number): Uint8Array {
  return variedSource(n, n % 2 === 0 ? "cr" : "mr").bytes;
}
