import assert from "node:assert/strict";
import test from "node:test";
import type { PreparedImages } from "../../data/index.js";
import { turnPlane } from "../../dicom/index.js";
import { inverseOf, turnedSource, turns } from "./turned-source.js";

test("each stored way is put upright again by the turn it is labelled with", async () => {
  const size = 3;
  const frame = Float32Array.from({ length: 9 }, (_, i) => i);
  const prepared = { ids: ["a"], frames: [frame], placements: [], preprocessing: { channels: "grey", size, resize: "letterbox", mean: [0], std: [1], fill: 0 }, fromCache: 0, warnings: [] } as unknown as PreparedImages;
  const source = turnedSource({ prepared, normalization: { mean: [0], std: [1] } });
  assert.deepEqual(source.labels, [0, 1, 2, 3, 4, 5, 6, 7]);
  const seen = new Set<string>();
  for (const turn of turns) {
    const { data, shape } = await source.read([turn - 1], { view: undefined });
    assert.deepEqual(shape, [1, 3, 3, 3]);
    const stored = data.slice(0, 9);
    seen.add(stored.join());
    assert.deepEqual(turnPlane(stored, { height: size, width: size, turn }).plane, frame, `turn ${turn}`);
    assert.equal(inverseOf(inverseOf(turn)), turn);
  }
  assert.equal(seen.size, 8);
});
