import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { proportionInterval } from "../proportion-interval.js";
import { clusterFeatures } from "./cluster-features.js";
import { interactionTest } from "./heterogeneity.js";
import { hiddenStrata } from "./hidden-strata.js";
import { subgroupAucs, subgroupProportions } from "./subgroup-figures.js";

interface Stored {
  proportions: { successes: number[]; n: number[]; expected: number[] }[];
  interactions: { estimates: number[]; errors: number[]; expected: number[] }[];
}
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/subgroups.json"), "utf8")) as Stored;

function close(got: number, expected: number, relative = 1e-10, what = ""): void {
  assert.ok(Math.abs(got - expected) <= relative * Math.max(1e-12, Math.abs(expected)), `${what}: got ${got}, expected ${expected}`);
}

test("equality of proportions in subgroups equals R's prop.test", () => {
  for (const { successes, n, expected } of stored.proportions) {
    const hits = n.flatMap((size, g) => Array.from({ length: size }, (_, i) => i < successes[g]!));
    const names = n.flatMap((size, g) => Array.from({ length: size }, () => `group ${g}`));
    const { interaction, worst, subgroups, gap } = subgroupProportions(hits, names);
    assert.ok("statistic" in interaction);
    [interaction.statistic, interaction.degreesOfFreedom, interaction.p].forEach((value, i) => close(value, expected[i]!));
    const shares = successes.map((x, g) => x / n[g]!);
    assert.ok("figure" in worst);
    close(worst.figure.estimate, Math.min(...shares));
    close(gap!, Math.max(...shares) - Math.min(...shares), 1e-9);
    const g = shares.indexOf(Math.min(...shares));
    const bonferroni = proportionInterval(successes[g]!, n[g]!, { level: 1 - 0.05 / n.length });
    close(worst.figure.lower, bonferroni.lower);
    assert.equal(subgroups.length, n.length);
  }
});

test("patients with several cases make the test of equality milder", () => {
  const hits = Array.from({ length: 80 }, (_, i) => (i < 40 ? i % 8 < 6 : i % 8 < 2));
  const names = hits.map((_, i) => (i < 40 ? "a" : "b"));
  const plain = subgroupProportions(hits, names).interaction;
  const groups = hits.map((_, i) => Math.floor(i / 2));
  const clustered = subgroupProportions(hits, names, { groups }).interaction;
  assert.ok("p" in plain && "p" in clustered);
  assert.ok(clustered.p > plain.p);
});

test("the interaction test equals its formula in R", () => {
  for (const { estimates, errors, expected } of stored.interactions) {
    const got = interactionTest(estimates.map((estimate, i) => ({ estimate, standardError: errors[i]! })));
    [got.statistic, got.degreesOfFreedom, got.p, got.iSquared].forEach((value, i) => close(value, expected[i]!));
  }
  assert.throws(() => interactionTest([{ estimate: 1, standardError: 1 }]), { code: "not-estimable" });
});

test("areas in subgroups: one that is perfect has no interval, and the report says so", () => {
  const labels = [0, 0, 1, 1, 0, 1, 0, 1];
  const scores = [0.1, 0.2, 0.8, 0.9, 0.3, 0.6, 0.5, 0.4];
  const got = subgroupAucs(labels, scores, labels.map((_, i) => (i < 4 ? "easy" : "hard")));
  assert.ok("notEstimable" in got.subgroups[0]!.figure);
  assert.ok("estimate" in got.subgroups[1]!.figure && got.subgroups[1]!.figure.estimate === 0.75);
  assert.ok("notEstimable" in got.interaction);
});

function twoBlobs(size: number, hard: number): { features: number[][]; hits: boolean[] } {
  const random = seededRandom("blobs", size);
  const features: number[][] = [];
  const hits: boolean[] = [];
  for (let i = 0; i < size; i++) {
    const inside = i % 4 === 0;
    features.push([random.normal() + (inside ? 8 : 0), random.normal(), 100 * random.normal()]);
    hits.push(random.uniform() < (inside ? hard : 0.9));
  }
  return { features, hits };
}

test("a planted stratum on which the network fails is found, one on which it does not is not", () => {
  const { features, hits } = twoBlobs(160, 0.4);
  const got = hiddenStrata(features, hits, { random: seededRandom("strata"), permutations: 199, clusters: [2, 3] });
  assert.equal(got.clusters.centers.length, 2);
  assert.equal(got.clusters.assignment.filter((k) => k === 1).length, 40);
  assert.ok(got.p <= 0.01);
  assert.ok("figure" in got.worst && got.worst.name === 1);
  const fair = twoBlobs(160, 0.9);
  const none = hiddenStrata(fair.features, fair.hits, { random: seededRandom("strata"), permutations: 199, clusters: [2] });
  assert.ok(none.p > 0.05);
  assert.throws(() => hiddenStrata(features, hits.map(() => true), { random: seededRandom("x") }), { code: "not-estimable" });
});

test("clusters do not depend on the scale of a feature, and one cluster is the mean", () => {
  const { features } = twoBlobs(60, 0.5);
  const options = { clusters: 2, random: seededRandom("k") };
  const plain = clusterFeatures(features, options);
  const scaled = clusterFeatures(features.map(([a, b, c]) => [1000 * a! + 3, b!, c! / 7]), { ...options, random: seededRandom("k") });
  assert.deepEqual(plain.assignment, scaled.assignment);
  close(clusterFeatures(features, { clusters: 1, random: seededRandom("k") }).inertia, 60 * 3, 1e-12);
  assert.throws(() => clusterFeatures([[1], [1]], options), { code: "not-estimable" });
});
