import { test } from "node:test";
import type { Random } from "../../base/index.js";
import { assertShare, coverage, holds, shareOfStudies, typeOneError } from "../simulate.testkit.js";
import { cochranQ } from "./cochran-q.js";
import { pairedNonInferiority } from "./non-inferiority.js";
import { obuchowskiTest } from "./obuchowski-test.js";
import { pairedPermutationTest } from "./permutation-test.js";
import { stuartMaxwell } from "./stuart-maxwell.js";

interface Clustered {
  first: boolean[];
  second: boolean[];
  groups: number[];
}

/** Patients with one to four images whose results depend on each other; `gain` shifts the first. */
function clustered(random: Random, patients: number, gain = 0): Clustered {
  const data: Clustered = { first: [], second: [], groups: [] };
  for (let k = 0; k < patients; k++) {
    const shared = random.normal();
    const [a, b] = [random.normal(), random.normal()];
    for (let image = random.integer(4); image >= 0; image--) {
      data.first.push(0.8 + gain + shared + 0.7 * a + random.normal() > 0);
      data.second.push(0.8 + shared + 0.7 * b + random.normal() > 0);
      data.groups.push(k);
    }
  }
  return data;
}

test("Obuchowski's and Durkalski's tests keep their level where images of a patient depend on each other", (t) => {
  for (const kind of ["obuchowski", "durkalski"] as const) {
    const rejected = shareOfStudies(kind, (random) => {
      const { first, second, groups } = clustered(random, 100);
      return obuchowskiTest(first, second, groups, { test: kind }).p < 0.05;
    });
    assertShare(t, `type-I error, ${kind}`, rejected, typeOneError);
  }
  const covered = shareOfStudies("difference", (random) => {
    const { first, second, groups } = clustered(random, 100);
    return holds(obuchowskiTest(first, second, groups), 0);
  });
  assertShare(t, "coverage of the difference", covered, coverage);
});

test("Cochran's Q and the Stuart-Maxwell test keep their level", (t) => {
  const q = shareOfStudies("q", (random) => {
    const right = Array.from({ length: 120 }, () => {
      const shared = random.normal();
      return [0, 1, 2, 3].map(() => 0.8 + shared + random.normal() > 0);
    });
    return cochranQ(right).p < 0.05;
  });
  assertShare(t, "type-I error, Cochran's Q", q, typeOneError);
  const sm = shareOfStudies("sm", (random) => {
    const counts = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
    for (let i = 0; i < 200; i++) {
      const shared = random.normal();
      const rate = (): number => {
        const value = shared + 0.8 * random.normal();
        return value < -0.5 ? 0 : value < 0.7 ? 1 : 2;
      };
      counts[rate()]![rate()]! += 1;
    }
    return stuartMaxwell(counts).p < 0.05;
  });
  assertShare(t, "type-I error, Stuart-Maxwell", sm, typeOneError);
});

test("a permutation test by patients keeps its level with few of them: exactly with scores, by mid-p with counts, and never above it without", (t) => {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const share = (name: string, draw: (random: Random) => { first: number[]; second: number[]; groups: number[] }, kind: "exact" | "mid-p"): number =>
    shareOfStudies(name, (random) => {
      const { first, second, groups } = draw(random);
      return pairedPermutationTest(mean, first, second, { random, groups, permutations: 199, test: kind }).p <= 0.05;
    });
  const counts = (random: Random): { first: number[]; second: number[]; groups: number[] } => {
    const { first, second, groups } = clustered(random, 25);
    return { first: first.map(Number), second: second.map(Number), groups };
  };
  const scores = (random: Random): { first: number[]; second: number[]; groups: number[] } => {
    const { groups } = clustered(random, 25);
    const own = Array.from({ length: 25 }, () => [random.normal(), random.normal()] as const);
    return { first: groups.map((k) => own[k]![0] + random.normal()), second: groups.map((k) => own[k]![1] + random.normal()), groups };
  };
  assertShare(t, "type-I error, permutation of scores", share("permutation", scores, "exact"), typeOneError);
  assertShare(t, "type-I error, permutation of counts, mid-p", share("permutation", counts, "mid-p"), typeOneError);
  // Sums of whole numbers are often equal: a test that never exceeds its level then rejects more rarely.
  assertShare(t, "type-I error, permutation of counts, exact", share("permutation", counts, "exact"), [0.025, typeOneError[1]]);
});

test("at the margin itself non-inferiority is claimed in 2.5 %", (t) => {
  const margin = 0.08;
  const claimed = shareOfStudies("margin", (random) => {
    const counts = { bothRight: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
    for (let i = 0; i < 250; i++) {
      const u = random.uniform();
      if (u < 0.75) counts.bothRight += 1;
      else if (u < 0.81) counts.onlyFirst += 1;
      else if (u < 0.81 + 0.06 + margin) counts.onlySecond += 1;
      else counts.neither += 1;
    }
    return pairedNonInferiority(counts, { margin }).shown;
  });
  assertShare(t, "error at the margin, Tango", claimed, [0.018, 0.032]);
});
