import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRadiograph } from "../radiograph.js";
import { conditions, type ConditionName } from "./index.js";

for (const name of Object.keys(conditions) as ConditionName[]) {
  const { views, grades, title, reference } = conditions[name];
  test(`${name} is made at every grade with a region inside the image`, () => {
    assert.ok(title.length > 0 && /\d{4}/.test(reference));
    for (let grade = 1; grade <= grades.length; grade++) {
      const view = views[grade % views.length]!;
      const { pixels, truth, width, height } = makeRadiograph({ seed: 7, index: grade, condition: name, view, grade: name === "normal" ? undefined : grade, size: 128 });
      assert.equal(pixels.length, width * height);
      assert.ok(pixels.every((value) => value >= 0 && value <= 1));
      assert.ok(truth.region.some((value) => value > 0), `${view} grade ${grade}: empty region`);
      assert.ok(truth.region.some((value) => value === 0));
    }
  });
}

test("a finding shows: the same person with and without it differs inside the region more than outside", () => {
  for (const condition of ["lytic-tumor", "sclerotic-tumor", "compression-fracture", "disc-degeneration"] as const) {
    const people = { ageYears: [40, 40] } as const;
    const common = { seed: 3, index: 1, view: "lumbar-lateral", people, size: 160, marker: "none", objects: [] } as const;
    const [ill, well] = [makeRadiograph({ ...common, condition, grade: 3 }), makeRadiograph({ ...common, condition: "normal" })];
    const difference = (inside: boolean): number => {
      let [sum, count] = [0, 0];
      ill.truth.region.forEach((value, i) => {
        if (value > 0 !== inside || i >= well.pixels.length) return;
        sum += Math.abs(ill.pixels[i]! - well.pixels[i]!);
        count++;
      });
      return sum / count;
    };
    if (ill.width === well.width) assert.ok(difference(true) > 1.2 * difference(false), `${condition}: ${difference(true)} against ${difference(false)}`);
  }
});
