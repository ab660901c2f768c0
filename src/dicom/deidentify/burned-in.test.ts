import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { parseDicom } from "../parse/parse-dicom.js";
import { readStoredValues } from "../pixels/stored-values.js";
import { syntheticFile } from "../synthetic.testkit.js";
import { deidentifyFile } from "./deidentify-file.js";
import { findText } from "./find-text.js";
import { createPseudonyms } from "./pseudonyms.js";

/** Letters of 5 x 7 dots, one number per row. */
const font: Readonly<Record<string, readonly number[]>> = {
  D: [30, 17, 17, 17, 17, 17, 30], O: [14, 17, 17, 17, 17, 17, 14], E: [31, 16, 16, 30, 16, 16, 31], J: [7, 2, 2, 2, 2, 18, 12], H: [17, 17, 17, 31, 17, 17, 17], N: [17, 25, 21, 19, 17, 17, 17], L: [16, 16, 16, 16, 16, 16, 31],
  1: [4, 12, 4, 4, 4, 4, 14], 2: [14, 17, 1, 2, 4, 8, 31], 3: [31, 2, 4, 2, 1, 17, 14], 4: [2, 6, 10, 18, 31, 2, 2], " ": [0, 0, 0, 0, 0, 0, 0],
};

interface Picture {
  readonly values: Uint16Array;
  readonly height: number;
  readonly width: number;
}

/** A frontal spine as a blurred column of bodies, with noise. */
function radiograph(height = 500, width = 400): Picture {
  const random = seededRandom("burned-in");
  const values = Uint16Array.from({ length: height * width }, (_, i) => {
    const [r, c] = [Math.floor(i / width), i % width];
    const column = Math.exp(-(((c - width / 2) / 50) ** 2)) * (1 + 0.25 * Math.sin(r / 9));
    const body = Math.exp(-(((c - width / 2) / 130) ** 2));
    return Math.round(300 + 1400 * body + 1100 * column + 60 * random.uniform());
  });
  return { values, height, width };
}

function write({ values, width }: Picture, text: string, { row, column, scale, level }: { row: number; column: number; scale: number; level: number }): void {
  text.split("").forEach((letter, k) => {
    font[letter]!.forEach((bits, y) => {
      for (let x = 0; x < 5; x++) {
        if (((bits >> (4 - x)) & 1) === 0) continue;
        for (let dy = 0; dy < scale; dy++) for (let dx = 0; dx < scale; dx++) values[(row + y * scale + dy) * width + column + (k * 6 + x) * scale + dx] = level;
      }
    });
  });
}

for (const [where, place] of Object.entries({ "top left": [10, 8], "top right": [12, 210], "bottom left": [460, 8], "bottom right": [470, 215] })) {
  for (const scale of [2, 3]) {
    test(`a name burned into the ${where}, letters ${7 * scale} pixels high, is covered whole`, () => {
      const picture = radiograph();
      const [row, column] = place as [number, number];
      write(picture, "DOE JOHN 1234".slice(0, scale === 2 ? 13 : 9), { row, column, scale, level: 4095 });
      const found = findText(picture);
      const clean = radiograph().values;
      for (let i = 0; i < clean.length; i++) {
        if (picture.values[i] === clean[i]) continue;
        const [r, c] = [Math.floor(i / picture.width), i % picture.width];
        assert.ok(found.some((one) => r >= one.row && r < one.row + one.height && c >= one.column && c < one.column + one.width), `${r}, ${c} outside ${JSON.stringify(found)}`);
      }
    });
  }
}

test("a plain radiograph and one with a side marker are left alone", () => {
  assert.deepEqual(findText(radiograph()), []);
  const marked = radiograph();
  write(marked, "L", { row: 30, column: 340, scale: 4, level: 4095 });
  assert.deepEqual(findText(marked), []);
});

test("text in the middle is looked for only where the file says that identity is burned in", () => {
  const picture = radiograph();
  write(picture, "DOE JOHN", { row: 240, column: 160, scale: 2, level: 4095 });
  assert.deepEqual(findText(picture), []);
  assert.equal(findText(picture, { where: "everywhere" }).length, 1);
});

test("the de-identified file has the text painted over and every other pixel as it was", () => {
  const picture = radiograph();
  write(picture, "DOE JOHN", { row: 10, column: 8, scale: 3, level: 4095 });
  const image = { Rows: picture.height, Columns: picture.width, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2", PatientName: "Doe^John", PatientID: "1234" };
  const file = parseDicom(syntheticFile(image, new Uint8Array(picture.values.buffer)));
  const result = deidentifyFile(file, { pseudonyms: createPseudonyms(Buffer.from("a key for tests only")), options: new Set(["clean-pixels"]) });
  assert.equal(result.masks.length, 1);
  const { values } = readStoredValues(parseDicom(result.bytes));
  const [mask] = result.masks;
  values.forEach((value, i) => {
    const [r, c] = [Math.floor(i / picture.width), i % picture.width];
    const isInside = r >= mask!.row && r < mask!.row + mask!.height && c >= mask!.column && c < mask!.column + mask!.width;
    assert.equal(value, isInside ? values[mask!.row * picture.width + mask!.column] : picture.values[i]);
  });
});
