import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { buildVertebra } from "./anatomy/vertebra.js";
import { makeRadiograph, poseRadiograph, type RadiographOptions } from "./radiograph.js";
import { cobbLevels } from "./conditions/measure-plan.js";
import { measureCobb } from "./truth/cobb.js";
import { projectBody } from "./truth/endplates.js";
import { drawMasks, type TruthBox } from "./truth/masks.js";
import { crossing, fitEdge } from "./truth/read-mask.testkit.js";
import { measureSlip, meyerdingGrade } from "./truth/slip.js";
import { makeWholeSpineAp } from "./whole-spine-ap.js";

function maskOnly(options: RadiographOptions) {
  const { spine, subject, view, raster } = poseRadiograph(options);
  const parts = spine.slice(1).map((placed) => buildVertebra(placed, subject));
  const { boxes } = drawMasks({ spine, parts, view, raster, relevant: { kind: "bodies", levels: ["L4"] } });
  const box = (level: string): TruthBox => boxes.find(({ name, kind }) => name === level && kind === "vertebra")!;
  return { box, raster, bodies: spine.map((placed) => projectBody(placed, view, raster)) };
}

test("the Cobb angle read off the masks agrees with the stated one within 1 degree", () => {
  for (let index = 0; index < 8; index++) {
    const { box, raster, bodies } = maskOnly({ seed: 3, index, condition: "scoliosis", size: 2048 });
    const cobb = measureCobb(cobbLevels(bodies));
    const read = fitEdge(box(cobb.upperEnd), raster.width, "upper").angleDeg - fitEdge(box(cobb.lowerEnd), raster.width, "lower").angleDeg;
    assert.ok(Math.abs(Math.abs(read) - cobb.angleDeg) < 1, `image ${index}: stated ${cobb.angleDeg}, read ${read}`);
  }
});

test("the slip read off the masks agrees with the stated one within 0.5 mm", () => {
  for (let index = 0; index < 8; index++) {
    const condition = index % 2 === 0 ? "degenerative-spondylolisthesis" : "isthmic-spondylolisthesis";
    const { box, raster, bodies } = maskOnly({ seed: 3, index, condition, view: "lumbar-lateral", size: 1024 });
    for (const i of [1, 2]) {
      const stated = measureSlip(bodies[i]!, bodies[i - 1]!, raster.spacingMm);
      const [upper, lower] = [box(bodies[i]!.level), box(bodies[i - 1]!.level)];
      const corner = (of: TruthBox, edge: "upper" | "lower"): { at: [number, number]; angleDeg: number } => {
        // Lumbar endplates fall forward: laid level, the ruler may come to rest on the front of a steep sacrum.
        const line = fitEdge(of, raster.width, edge, -25);
        return { at: crossing(line, 0, fitEdge(of, raster.width, "back", line.angleDeg), 90), angleDeg: line.angleDeg };
      };
      const [p, q] = [corner(upper, "lower"), corner(lower, "upper")];
      const along = (q.angleDeg * Math.PI) / 180;
      const read = -((p.at[0] - q.at[0]) * Math.cos(along) + (p.at[1] - q.at[1]) * Math.sin(along)) * raster.spacingMm;
      assert.ok(Math.abs(read - stated.slipMm) < 0.5, `image ${index} ${stated.level}: stated ${stated.slipMm}, read ${read}`);
    }
  }
});

test("scoliosis has the wanted Cobb angle and a normal spine stays below 10 degrees", () => {
  for (let index = 0; index < 6; index++) {
    const measure = (options: RadiographOptions) => measureCobb(cobbLevels(maskOnly({ ...options, size: 64 }).bodies)).angleDeg;
    const bent = measure({ seed: 5, index, condition: "scoliosis", cobbDeg: [30, 31] });
    // The diverging beam changes the parallel angle a little.
    assert.ok(bent > 28.5 && bent < 32.5, `${bent}`);
    assert.ok(measure({ seed: 5, index, condition: "normal" }) < 8);
  }
});

test("Meyerding grades change at quarters of the endplate", () => {
  assert.deepEqual([0.02, 0.2, 0.25, 0.26, 0.5, 0.6, 0.8, 1.2].map(meyerdingGrade), ["0", "I", "I", "II", "II", "III", "IV", "V"]);
});

test("the same options give the same pixels, another seed, visit or person others", () => {
  const digest = (options: Partial<RadiographOptions>): string => {
    const { pixels } = makeRadiograph({ seed: 1, index: 0, condition: "normal", size: 96, ...options });
    return createHash("sha256").update(new Uint8Array(pixels.buffer)).digest("hex");
  };
  const first = digest({});
  assert.equal(digest({}), first);
  assert.equal(new Set([first, digest({ seed: 2 }), digest({ visit: 1 }), digest({ index: 1 })]).size, 4);
});

test("visits keep the person and the finding", () => {
  const [a, b] = [0, 1].map((visit) => makeRadiograph({ seed: 1, index: 3, visit, condition: "scoliosis", size: 96 }).truth) as [ReturnType<typeof makeRadiograph>["truth"], ReturnType<typeof makeRadiograph>["truth"]];
  assert.equal(a.patientId, b.patientId);
  assert.deepEqual(a.parameters.subject, b.parameters.subject);
  assert.ok(Math.abs(a.cobb.angleDeg - b.cobb.angleDeg) < 1.5);
});

test("the spine in view is brighter than the lungs beside it and lies inside its masks", () => {
  const { pixels, width, truth } = makeWholeSpineAp({ seed: 2, index: 0, condition: "normal", size: 256 });
  const at = (level: string): readonly [number, number] => truth.bodies.find((b) => b.level === level)!.center;
  const [column, row] = at("T7");
  const value = (k: number, r: number): number => pixels[Math.floor(r) * width + Math.floor(k)]!;
  assert.ok(value(column, row) > value(column - 60 / truth.spacingMm[0], row) + 0.15);
  for (const level of ["T4", "T9", "L3"]) {
    const [k, r] = at(level);
    assert.equal(truth.bodyLabels[Math.floor(r) * width + Math.floor(k)], 1 + truth.bodies.findIndex((b) => b.level === level));
    assert.equal(truth.region[Math.floor(r) * width + Math.floor(k)], 255);
  }
});

test("in scoliosis the apex lies inside the curve's region, and both are parts of the image", () => {
  const { truth } = makeWholeSpineAp({ seed: 2, index: 1, condition: "scoliosis", size: 200 });
  const [region, apex] = [truth.region, truth.apex].map((mask) => mask.filter((v) => v > 0).length) as [number, number];
  assert.ok(apex > 0 && apex < region && region < truth.region.length / 3);
  assert.ok(truth.apex.every((value, i) => value === 0 || truth.region[i] === 255));
});

test("options that cannot be meant are refused with the remedy", () => {
  const made = (options: Partial<RadiographOptions>) => () => makeRadiograph({ seed: 1, index: 0, condition: "normal", size: 64, ...options });
  assert.throws(made({ size: 8 }), { code: "phantom-size" });
  assert.throws(made({ cobbDeg: [5, 12] }), { code: "phantom-cobb" });
  assert.throws(made({ condition: "scoliosis", cobbDeg: [5, 20] }), { code: "phantom-cobb" });
  assert.throws(made({ condition: "spondylolysis", view: "lumbar-ap" }), { code: "phantom-view", message: /lumbar-lateral/ });
  assert.throws(made({ condition: "compression-fracture", view: "lumbar-lateral", grade: 4 }), { code: "phantom-grade" });
});
