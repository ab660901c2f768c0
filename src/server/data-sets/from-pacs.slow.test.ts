import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import { noOrthanc, Orthanc } from "../../pacs/orthanc.testkit.js";
import { withTestServer } from "../server.testkit.js";

const uidOf = (study: number): string => `1.2.826.0.1.3680043.9.77.${study}`;

/** A radiograph of somebody, of 12 bits. */
function radiographOf(study: number, image: number): Uint8Array {
  const pixels = Uint16Array.from({ length: 64 * 64 }, (_, i) => (i * 7 * study + image * 31) % 4096);
  return syntheticFile(
    {
      SOPClassUID: "1.2.840.10008.5.1.4.1.1.1.1", Modality: "DX", StudyInstanceUID: uidOf(study), SeriesInstanceUID: `${uidOf(study)}.1`, SOPInstanceUID: `${uidOf(study)}.1.${image}`,
      PatientID: `MRN-${study}`, PatientName: `Smith^Jane ${study}`, PatientBirthDate: "19610203", PatientSex: "F", StudyDate: "20200102", StudyTime: "120000", StudyID: "1", AccessionNumber: `ACC${study}`, ReferringPhysicianName: "House^Gregory", SeriesNumber: "1", InstanceNumber: String(image),
      Rows: 64, Columns: 64, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2", PixelSpacing: ["0.5", "0.5"],
    },
    new Uint8Array(pixels.buffer),
  );
}

test("studies of a PACS become a data set without anybody's name", { skip: noOrthanc, timeout: 180_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-from-pacs-"));
  const orthanc = await Orthanc.start({ folder: path.join(folder, "orthanc") });
  try {
    await orthanc.client().store([1, 2, 3].flatMap((study) => [1, 2].map((image) => radiographOf(study, image))));
    const pacs = { hospital: { url: orthanc.address, credentials: { kind: "basic" as const, user: "osteon", password: "gateway" } }, stranger: { url: orthanc.address } };
    await withTestServer({ pacs }, async ({ bench, root, people: { researcher, viewer } }) => {
      const imported = async (from: { server: string; study: string; label: string; more?: { study: string; label: string }[] }) => {
        const { id } = await researcher.call("importDataSet", { body: { name: "From the PACS", from: { kind: "pacs", ...from } } });
        await bench.jobs.idle();
        return viewer.call("dataSet", { params: { dataset: id } });
      };
      const set = await imported({ server: "hospital", study: uidOf(1), label: "scoliosis", more: [{ study: uidOf(2), label: "normal" }, { study: uidOf(3), label: "scoliosis" }] });
      assert.deepEqual([set.state, set.problem, set.cases, set.classCounts, set.patients], ["ready", undefined, 6, { normal: 2, scoliosis: 4 }, 3]);

      // Nothing of it names anybody: not the lists, not the pictures as DICOM, not a file in the store.
      const cases = (await viewer.call("dataCases", { params: { dataset: set.id } })).items;
      const names = /MRN|Smith|Jane|House|ACC\d|19610203|1\.2\.826\.0\.1\.3680043\.9\.77/;
      assert.doesNotMatch(JSON.stringify([set, cases]), names);
      const picture = await viewer.send("dataCaseImage", { params: { dataset: set.id, case: cases[0]!.key } });
      assert.equal(picture.headers.get("content-type"), "image/png");
      for (const entry of await readdir(path.join(root, ".osteon", "datasets"), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        assert.doesNotMatch(entry.name, names);
        assert.doesNotMatch(await readFile(path.join(entry.parentPath, entry.name), "latin1"), names, entry.name);
      }

      // Whom to ask is the administrator's choice; what goes wrong is said without addresses.
      for (const [from, problem] of [
        [{ server: "elsewhere", study: uidOf(1), label: "x" }, /expected .*hospital/],
        [{ server: "stranger", study: uidOf(1), label: "x" }, /401|login|credentials|refused|sign/i],
        [{ server: "hospital", study: uidOf(9), label: "x" }, /expected|404/],
      ] as const) {
        const failed = await imported(from);
        assert.equal(failed.state, "failed");
        assert.match(failed.problem!, problem);
        assert.doesNotMatch(failed.problem!, /gateway/);
      }
    });
  } finally {
    await orthanc.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
