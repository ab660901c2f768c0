import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import type { Values } from "../../dicom/index.js";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import type { LookedAt } from "../../models/index.js";
import { DiskQueue } from "../queue/queue.js";
import { UnitGatherer } from "./gather-units.js";
import type { LoadedModel } from "./loaded-model.js";
import { lookAtUnit, type ReadImage, type UnitView } from "./look-at-unit.js";

const side = 64;

/** A slice at a place along the patient's left, all of one grey, in which the model below sees its probability. */
function slice(position: number, grey: number, values: Values = {}): ReadImage {
  const image = {
    SOPInstanceUID: `2.25.${100 + position}`, StudyInstanceUID: "2.25.1", SeriesInstanceUID: "2.25.2", Modality: "MR", Rows: side, Columns: side, SamplesPerPixel: 1, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0,
    PhotometricInterpretation: "MONOCHROME2", WindowCenter: "127.5", WindowWidth: "255", VOILUTFunction: "LINEAR_EXACT", ImageOrientationPatient: [0, 1, 0, 0, 0, -1], ImagePositionPatient: [position, 0, 0],
  };
  const bytes = syntheticFile({ ...image, ...values }, new Uint8Array(side * side * Number(values["NumberOfFrames"] ?? 1)).map((_, i) => grey + 10 * Math.floor(i / (side * side))));
  return async () => bytes;
}

/** Sees a class in how bright the image is; what is nearly white is too far away. */
const model = {
  name: "discs",
  sha256: "00",
  metadata: { labels: ["dark", "bright"], preprocessing: { channels: "grey", size: side }, scope: { trainedOn: {}, distance: { threshold: 1 } } },
  predictor: {
    look: async (image: { pixels: Float32Array }): Promise<LookedAt> => {
      const mean = image.pixels.reduce((sum, value) => sum + value, 0) / image.pixels.length;
      return { probabilities: [1 - mean, mean], logits: new Float32Array(2), map: { values: new Float32Array(0), height: 0, width: 0 }, frame: { values: image.pixels, height: side, width: side }, placement: {} as never, distance: mean > 0.95 ? 5 : 0.5 };
    },
  },
} as unknown as LoadedModel;

async function seen(images: readonly ReadImage[], slices: string): Promise<Extract<UnitView, { kind: "seen" }>> {
  const view = await lookAtUnit(images, { model, slices });
  assert.ok(view.kind === "seen");
  return view;
}

const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-3, `${a} and ${b}`);

test("of a stack the slices around the middle count, in the order of their places; the one that says it most stands for all (worked by hand)", async () => {
  // Along the normal the slices come as -8, -4, 0, 4, 8 with greys 51, 102, 153, 204, 0.
  const stack = [slice(8, 0), slice(0, 153), slice(-8, 51), slice(4, 204), slice(-4, 102)];
  const middle = await seen(stack, "middle");
  near(middle.probabilities[1]!, 153 / 255);
  assert.deepEqual([middle.frames, middle.others.length, middle.shown.image], [1, 0, 1]);
  const three = await seen(stack, "around:3");
  near(three.probabilities[1]!, (102 + 153 + 204) / 3 / 255);
  assert.deepEqual([three.shown.image, three.frames], [3, 3]);
  assert.deepEqual(three.others.map(({ sopInstanceUid }) => sopInstanceUid).sort(), ["2.25.100", "2.25.96"]);
  const all = await seen(stack, "all");
  near(all.probabilities[1]!, (51 + 102 + 153 + 204) / 5 / 255);
  assert.equal(all.decided, 0);
});

test("of a file with several frames those around the middle count, and one of them stands for all", async () => {
  const cine = slice(0, 100, { NumberOfFrames: 5, ImagePositionPatient: undefined, ImageOrientationPatient: undefined });
  const middle = await seen([cine], "middle");
  near(middle.probabilities[1]!, 120 / 255);
  assert.equal(middle.shown.frame, 2);
  const all = await seen([cine], "all");
  near(all.probabilities[1]!, 120 / 255);
  assert.deepEqual([all.frames, all.shown.frame, all.decided], [5, 0, 0]);
});

test("views of a study count alike, and what is out of the model's scope does not count and is told", async () => {
  const view = (n: number, grey: number): ReadImage => slice(n, grey, { Modality: "DX", SeriesInstanceUID: `2.25.${n}`, ImagePositionPatient: undefined, ImageOrientationPatient: undefined });
  const study = await seen([view(1, 204), view(2, 153), view(3, 255)], "middle");
  near(study.probabilities[1]!, (204 + 153) / 2 / 255);
  assert.ok(study.remarks.some((remark) => remark.startsWith("1 of 3 left out: distance 5")));
  const far = await lookAtUnit([view(3, 255)], { model, slices: "middle" });
  assert.equal(far.kind, "declined");
});

test("a unit is due once nothing came for its time, and stays until it is settled", () => {
  let now = 0;
  const gatherer = new UnitGatherer(() => now);
  assert.equal(gatherer.nextMs(), undefined);
  gatherer.add("b", { key: "series", rule: "all", waitMs: 100 });
  now = 60;
  gatherer.add("a", { key: "series", rule: "all", waitMs: 100 });
  assert.deepEqual([gatherer.due(), gatherer.nextMs()], [undefined, 100]);
  now = 160;
  assert.deepEqual(gatherer.due(), { key: "series", rule: "all", ids: ["a", "b"] });
  assert.equal(gatherer.nextMs(), 0);
  gatherer.settled("series");
  assert.equal(gatherer.due(), undefined);
});

test("the images of a series wait for its results to be stored, also through an end of the process, and then are settled with them", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-units-"));
  try {
    const options = { reserveBytes: 0, setup: "one" };
    const origin = (instance: string): { instance: string; origin: string } => ({ instance, origin: "test" });
    const queue = await DiskQueue.open(folder, options);
    for (const instance of ["1", "2", "3"]) await queue.accept(Buffer.from(instance), origin(instance));
    const ids = ["1", "2", "3"].map((instance) => queue.find(instance)[0]!.id);
    for (const id of ids) await queue.hold(id);
    assert.equal(queue.next(), undefined);
    assert.equal(await queue.attempts(ids[0]!), 0);
    const [lead, ...members] = ids as [string, ...string[]];
    await queue.toOutgoing(lead, { id: lead, ...(await queue.arrival(lead)), setup: "one", unit: "series", members, decided: "normal" }, [Buffer.from("report")]);
    await queue.close();
    const again = await DiskQueue.open(folder, options);
    assert.deepEqual([again.next(), again.nextOutgoing(), again.isDecided("series"), again.counts().received], [undefined, lead, true, 2]);
    await again.settle(lead, "done", (await again.outgoing(lead)).record);
    assert.deepEqual(again.counts(), { received: 0, outgoing: 0, done: 3, refused: 0, failed: 0 });
    const told = await again.read(members[0]!);
    assert.deepEqual([told!.lead, told!.decided, told!.origin, told!.members], [lead, "normal", "test", undefined]);
    await again.close();
    const last = await DiskQueue.open(folder, options);
    assert.ok(last.isDecided("series") && !last.isDecided("another"));
    await last.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
