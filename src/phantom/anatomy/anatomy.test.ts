import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { conditions, type ConditionName } from "../conditions/index.js";
import { poseRadiograph } from "../radiograph.js";
import { visitChords } from "../projection/chords.js";
import { beamAt, lateralView, type Raster } from "../projection/view.js";
import { projectBody } from "../truth/endplates.js";
import { placeSpine, posteriorWall } from "./alignment.js";
import type { Primitive } from "../projection/primitive.js";
import { placeIn, type Vec3 } from "../projection/vector.js";
import { sampleSubject } from "./subject.js";
import { buildVertebra } from "./vertebra.js";

const millimetres: Raster = { width: 1, height: 1, spacingMm: 1, leftMm: 0, topMm: 0 };

/** Bone in millimetres that a ray from the side meets at a point. */
function boneBehind(solids: readonly Primitive[], point: Vec3): number {
  const view = lateralView(point, Infinity);
  const { u, v } = beamAt(view, point);
  const raster: Raster = { width: 1, height: 1, spacingMm: 0.01, leftMm: u - 0.005, topMm: v - 0.005 };
  let bone = 0;
  for (const solid of solids) visitChords(solid, view, raster, (_, count, chords) => (bone += count > 0 ? chords[0]! * solid.material.bone : 0));
  return bone;
}

/** Corners of a level's body from the side, millimetres. */
function heights(condition: ConditionName, level: string, grade: number | undefined, index: number): { front: number; back: number; kind?: string } {
  const posed = poseRadiograph({ seed: 9, index, condition, grade, view: "lumbar-lateral", people: { ageYears: [60, 60] } });
  const { upperLeft, upperRight, lowerLeft, lowerRight } = projectBody(posed.spine.find((v) => v.level === level)!, lateralView([0, 0, 0], Infinity), millimetres);
  const length = (a: readonly [number, number], b: readonly [number, number]): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const change = posed.finding.plan.changes[level as "L1"];
  return { front: length(upperLeft, lowerLeft), back: length(upperRight, lowerRight), kind: change?.fracture?.kind };
}

test("a fractured body has lost the height that its Genant grade says: 20 to 25, 25 to 40 and over 40 percent", () => {
  const bounds = [[0.2, 0.25], [0.25, 0.4], [0.4, 0.6]] as const;
  let checked = 0;
  for (let index = 0; index < 12; index++) {
    for (const [i, [low, high]] of bounds.entries()) {
      const { finding } = poseRadiograph({ seed: 9, index, condition: "compression-fracture", grade: i + 1, view: "lumbar-lateral", people: { ageYears: [60, 60] } });
      const level = finding.level!;
      const [ill, well] = [heights("compression-fracture", level, i + 1, index), heights("normal", level, undefined, index)];
      if (ill.kind === "biconcave") continue;
      checked++;
      // The wedge is cut along the body's own axis, so that its slanting front differs by a percent.
      const lost = 1 - ill.front / well.front;
      assert.ok(lost > low - 0.015 && lost < high + 0.015, `${ill.kind} grade ${i + 1}: ${lost}`);
      if (ill.kind === "wedge") assert.ok(Math.abs(1 - ill.back / well.back) < 0.02);
      // A crushed body keeps the angle between its endplates, so that its lower side loses a greater share.
      else assert.ok(Math.abs(1 - ill.back / well.back - lost) < 0.06, `${lost} in front, ${1 - ill.back / well.back} behind`);
    }
  }
  assert.ok(checked > 12);
});

test("a ray through the middle of a broken pars meets no pars bone, through a whole one some millimetres", () => {
  const subject = sampleSubject(seededRandom("pars"), { ageYears: [30, 30], sex: "M" });
  for (const parsGapMm of [0, 3, 6]) {
    const spine = placeSpine(subject, { shape: { tiltDeg: () => 0, rotationDeg: () => 0 }, lordosisChangeDeg: 0, changes: { L5: { parsGapMm, archStays: true } } });
    const l5 = spine[1]!;
    const wall = posteriorWall(l5.size);
    // Midway between the articular processes, moved by half of what the arch behind the gap stands off.
    const middle = placeIn(l5.frame, [0, wall + 16 * 1.04 + 0.225 * parsGapMm, -0.15 * l5.size.height - 0.25 * parsGapMm]);
    const bone = boneBehind(buildVertebra(l5, subject).partes, middle);
    if (parsGapMm === 0) assert.ok(bone > 6, `${bone} mm`);
    else assert.equal(bone, 0);
  }
});

test("isthmic slips break the pars, degenerative ones do not: their arch goes along", () => {
  for (let index = 0; index < 6; index++) {
    for (const name of ["isthmic-spondylolisthesis", "degenerative-spondylolisthesis"] as const) {
      const { finding } = poseRadiograph({ seed: 2, index, condition: name, view: "lumbar-lateral" });
      const change = finding.plan.changes[finding.level as "L5"]!;
      assert.ok((change.slipMm ?? 0) > 2);
      assert.equal((change.parsGapMm ?? 0) > 0 && change.archStays === true, name === "isthmic-spondylolisthesis");
    }
  }
});

test("people lie within the published spreads: lordosis 58, kyphosis 38 and sacral slope 40 degrees with three deviations", () => {
  const people = Array.from({ length: 400 }, (_, i) => sampleSubject(seededRandom("people", i), { ageYears: [18, 75] }));
  const check = (values: readonly number[], mean: number, deviation: number): void => {
    const average = values.reduce((a, b) => a + b, 0) / values.length;
    assert.ok(Math.abs(average - mean) < deviation / 2, `mean ${average}`);
    assert.ok(values.every((v) => Math.abs(v - mean) < 3 * deviation), `${Math.min(...values)} to ${Math.max(...values)}`);
  };
  check(people.map((p) => p.lordosisDeg), 58, 10);
  check(people.map((p) => p.kyphosisDeg), 38, 9);
  check(people.map((p) => p.sacralSlopeDeg), 40, 8);
  assert.ok(people.every((p) => p.trabecular >= 0.05 && p.trabecular < 0.24));
});

test("every condition that a view shows names its level and a region", () => {
  for (const name of Object.keys(conditions) as ConditionName[]) {
    if (name === "normal" || name === "scoliosis") continue;
    const { finding } = poseRadiograph({ seed: 4, index: 1, condition: name, view: conditions[name].views.includes("lumbar-lateral") ? "lumbar-lateral" : "whole-spine-ap" });
    assert.ok(finding.level !== undefined && finding.relevant !== undefined);
  }
});
