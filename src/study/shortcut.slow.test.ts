import assert from "node:assert/strict";
import test from "node:test";
import { runMarkerExperiment } from "./marker-experiment.testkit.js";
import { inScratchFolder } from "./tiny-study.testkit.js";

test("a marker that says the label in training leaves a network at chance on images without one; a marker that says nothing does not", () =>
  inScratchFolder(async (folder) => {
    for (const seed of [1, 2]) {
      const tied = await runMarkerExperiment({ folder, seed, strength: 1 });
      assert.ok(tied.unmarked.lower <= 0.5 && tied.unmarked.upper >= 0.5, `seed ${seed}, tied: ${tied.unmarked.estimate} without a marker`);
      assert.ok(tied.agreeing.lower > 0.9, `seed ${seed}, tied: ${tied.agreeing.estimate} where the marker says the truth`);
      assert.ok(tied.lying.upper < 0.2, `seed ${seed}, tied: ${tied.lying.estimate} where it lies`);
      const free = await runMarkerExperiment({ folder, seed, strength: 0 });
      assert.ok(free.unmarked.lower > 0.6, `seed ${seed}, free: ${free.unmarked.estimate} without a marker`);
      assert.ok(tied.onMarker > free.onMarker, `seed ${seed}: ${tied.onMarker} of the maps on the tied marker, ${free.onMarker} on the free one`);
    }
  }));
