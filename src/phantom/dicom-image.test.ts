import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { loadDataset } from "../data/index.js";
import { checkDicom, parseDicom, readGeometry, readOrientation, readStoredValues, renderFrame } from "../dicom/index.js";
import { makeCase } from "./dataset/make-case.js";
import { planPhantomDataset } from "./dataset/plan-dataset.js";
import type { ImageEncoding } from "./dataset/image-encoding.js";
import { makePhantomsAgain } from "./dataset/make-again.js";
import { writePhantomDataset } from "./dataset/write-dataset.js";
import { makeDiscMri } from "./mri/disc-mri.js";
import { quantize } from "./png.js";
import { makeRadiograph } from "./radiograph.js";

const encodings: readonly ImageEncoding[] = [{ format: "dicom", bitDepth: 12, radiographs: "DX" }, { format: "dicom", bitDepth: 16, radiographs: "CR" }];

for (const view of ["whole-spine-ap", "lumbar-lateral"] as const) {
  for (const encoding of encodings) {
    test(`${view} as ${encoding.radiographs} is read back to the same samples, spacing and orientation`, async () => {
      const [planned] = planPhantomDataset({ count: 2, seed: 5, size: 64, view });
      const { truth, pixels, width, height } = makeRadiograph(planned!.kind === "radiograph" ? planned!.options : assert.fail());
      const { files } = makeCase(planned!, encoding);
      const file = parseDicom(files.images!);
      const samples = quantize(pixels, encoding.bitDepth);
      assert.deepEqual([...readStoredValues(file).values], [...samples]);
      const rendered = renderFrame(file);
      // The window's ends are black and white, so that grey is the sample's share of the full range.
      assert.ok(rendered.pixels.every((value, i) => Math.abs(value - samples[i]! / (2 ** encoding.bitDepth - 1)) < 1e-6));
      assert.deepEqual([rendered.height, rendered.width, rendered.turn], [height, width, 1]);
      const { spacingMm, spacingPlane, view: position, bodyPart } = readGeometry(file);
      assert.equal(spacingPlane, "magnification");
      assert.ok(Math.abs(spacingMm![0] - truth.spacingMm[0]) < 1e-9 && Math.abs(spacingMm![1] - truth.spacingMm[1]) < 1e-9);
      assert.deepEqual([position, bodyPart], view === "whole-spine-ap" ? ["AP", "SPINE"] : ["LL", "LSPINE"]);
      assert.deepEqual(readOrientation(file)!.directions, view === "whole-spine-ap" ? ["L", "F"] : ["P", "F"]);
      assert.equal(file.dataset.text("PatientIdentityRemoved"), "YES");
      assert.deepEqual((await checkDicom(files.images!, { dciodvfy: false })).findings, []);
    });
  }
}

test("an MR slice lies in the patient where its truth says, and its sequence is told", async () => {
  const [planned] = planPhantomDataset({ count: 2, seed: 5, size: 64, view: "disc-mri" });
  const { truth, originMm, pixels } = makeDiscMri(planned!.kind === "disc-mri" ? planned!.options : assert.fail());
  const { files } = makeCase(planned!, { format: "dicom", bitDepth: 12 });
  const file = parseDicom(files.images!);
  assert.deepEqual([...readStoredValues(file).values], [...quantize(pixels, 12)]);
  const geometry = readGeometry(file);
  geometry.imagePosition!.forEach((value, i) => assert.ok(Math.abs(value - originMm[i]!) < 1e-9));
  assert.ok(Math.abs(geometry.spacingMm![0] - truth.spacingMm[0]) < 1e-9);
  assert.deepEqual([geometry.spacingPlane, geometry.turn, geometry.directions], ["patient", 1, ["P", "F"]]);
  assert.equal(file.dataset.number("EchoTime"), truth.sequence === "t1" ? 12 : 100);
  assert.deepEqual((await checkDicom(files.images!, { dciodvfy: false })).findings, []);
});

test("a data set of DICOM images is read by the data room, and an image is made again to the same bytes", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "phantom-dicom-"));
  try {
    const labels = await writePhantomDataset({ count: 6, seed: 2, size: 48, view: "lumbar-lateral", workers: 1, directory, encoding: encodings[1]! });
    const dataset = await loadDataset(labels);
    assert.equal(dataset.cases.length, 6);
    assert.ok(dataset.cases.every(({ file, region }) => file.endsWith(".dcm") && region!.endsWith(".png") && existsSync(file)));
    const name = path.basename(dataset.cases[3]!.file, ".dcm");
    const other = path.join(directory, "again");
    const [made] = await makePhantomsAgain({ truth: path.join(directory, "truth.jsonl"), names: [name], directory: other });
    assert.ok(made!.same);
    assert.deepEqual(await readFile(path.join(other, "images", `${name}.dcm`)), await readFile(dataset.cases[3]!.file));
    const uids = await Promise.all(dataset.cases.map(async ({ file }) => parseDicom(await readFile(file)).dataset.text("SOPInstanceUID")));
    assert.equal(new Set(uids).size, 6);
  } finally {
    await rm(directory, { recursive: true });
  }
});
