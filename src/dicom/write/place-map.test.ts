import assert from "node:assert/strict";
import test from "node:test";
import { placement, toImageFrame } from "../../images/placement.js";
import type { Preprocessing } from "../../images/preprocessing.js";
import { seededRandom } from "../../base/index.js";
import { upsample } from "../../explain/upsample.js";
import { readOrientation, turnPlane } from "../geometry/orientation.js";
import { parseDicom } from "../parse/parse-dicom.js";
import { syntheticFile } from "../synthetic.testkit.js";
import { imageToGrid, mapOnImage, placeMap, regionOf } from "./place-map.js";

const base: Preprocessing = { channels: "grey", size: 64, resize: "letterbox", mean: [0], std: [1], fill: 0 };

/** The eight ways an image may lie in its file. */
const orientations = ["L\\F", "R\\F", "R\\H", "L\\H", "F\\L", "F\\R", "H\\R", "H\\L"];

for (const resize of ["letterbox", "stretch", "center-crop"] as const) {
  test(`a map over a frame by ${resize} falls on the stored pixels that the overlay falls on, however the image is turned`, () => {
    for (const [i, PatientOrientation] of orientations.entries()) {
      const [rows, columns] = [48, 96];
      const file = parseDicom(syntheticFile({ Rows: rows, Columns: columns, PatientOrientation }, new Uint8Array(rows * columns)));
      const turn = readOrientation(file)!.turn;
      const [height, width] = turn > 4 ? [columns, rows] : [rows, columns];
      const place = placement(height, width, { ...base, resize });
      const random = seededRandom("place", i);
      const map = { values: Float32Array.from({ length: 16 }, () => random.uniform()), height: 4, width: 4 };
      const own = mapOnImage({ ...map, toImage: placeMap(file, place, map) }, { rows, columns });
      // Oracle: the overlay of images/ and explain/, which works on the upright image; the stored one turned the same way.
      const square = upsample(map, 64, 64);
      const upright = toImageFrame(square.values, square, place);
      const turned = turnPlane(own, { height: rows, width: columns, turn }).plane;
      // Twice sampled bilinearly against once: cells are 16 pixels wide, and the two differ at their bends alone.
      const differences = upright.map((value, k) => Math.abs(value - turned[k]!));
      assert.ok(differences.reduce((a, b) => Math.max(a, b), 0) < 0.08, `${resize} ${PatientOrientation}: ${differences.reduce((a, b) => Math.max(a, b), 0)}`);
    }
  });
}

test("the inverse of a placement brings points back", () => {
  for (const place of [[2, 0, 3, 0, 4, -5], [0, -2, 10, 3, 0, 1]] as const) {
    const [a, b, c, d, e, f] = place;
    const [g, h, i, j, k, l] = imageToGrid(place);
    const [x, y] = [a * 1.5 + b * 2.5 + c, d * 1.5 + e * 2.5 + f];
    assert.ok(Math.abs(g * x + h * y + i - 1.5) < 1e-12 && Math.abs(j * x + k * y + l - 2.5) < 1e-12);
  }
});

test("a region holds what reaches its share of the peak, nothing against the class, and nothing of an empty map", () => {
  assert.deepEqual([...regionOf(Float32Array.of(0.1, 0.5, -1, 1), 0.5)], [0, 1, 0, 1]);
  assert.deepEqual([...regionOf(Float32Array.of(0, 0, -1))], [0, 0, 0]);
});
