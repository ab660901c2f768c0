import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { DataError } from "../../base/index.js";
import { parseDicom } from "../parse/parse-dicom.js";
import { hashStoredValues } from "./hash-stored-values.js";
import { readStoredValues } from "./stored-values.js";

const shared = path.resolve("../shared/data/dicom");
const skip = existsSync(shared) ? false : "shared data absent";

interface Reference {
  readonly sha256: Readonly<Record<string, string>>;
}

const { files } = JSON.parse(readFileSync(path.resolve("test/fixtures/dicom/pixels.json"), "utf8")) as { files: Record<string, Reference> };

test("stored values equal those of pydicom, gdcm and dcmtk for every file that one of them reads (stored SHA-256)", { skip }, () => {
  let compared = 0;
  for (const [file, { sha256 }] of Object.entries(files)) {
    // A file cut off within its pixels, which gdcm alone fills up with zeros: refused here.
    if (Object.keys(sha256).length === 0 || file === "pydicom/MR_truncated.dcm") continue;
    const parsed = parseDicom(readFileSync(path.join(shared, file)), { name: file });
    const ours = hashStoredValues(parsed);
    const votes = Object.values(sha256).filter((theirs) => theirs === ours).length;
    assert.ok(votes > 0 && 2 * votes >= Object.keys(sha256).length, `${file}: ${ours}, others ${JSON.stringify(sha256)}`);
    compared += 1;
  }
  assert.ok(compared >= 42, `${compared} files compared`);
});

test("one slice decodes to the same values from every lossless transfer syntax (a law)", { skip }, () => {
  const slices = Object.keys(files).filter((file) => /CTImage\.dcm/.test(file) && !/JPEG2000Transfer|LSLossy|Process(1Tr|2_4|6_8|10_12)/.test(file));
  assert.equal(slices.length, 10);
  const hashes = slices.map((file) => hashStoredValues(parseDicom(readFileSync(path.join(shared, file)))));
  assert.equal(new Set(hashes).size, 1);
});

for (const [file, code] of [["pydicom/MR_truncated.dcm", "dicom-cut-off"], ["cornerstone3D/no-pixel-data.dcm", "dicom-no-image"], ["pydicom/ExplVR_BigEndNoMeta.dcm", "dicom-no-image"]] as const) {
  test(`${file}: one clear error that names the file and a remedy`, { skip }, () => {
    assert.throws(
      () => readStoredValues(parseDicom(readFileSync(path.join(shared, file)), { name: "a/b.dcm" })),
      (error: DataError) => error instanceof DataError && error.code === code && /^a\/b\.dcm: expected .+, got .+\. [A-Z].+\.$/s.test(error.message),
    );
  });
}
