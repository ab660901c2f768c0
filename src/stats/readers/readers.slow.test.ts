import { test } from "node:test";
import type { Random } from "../../base/index.js";
import { normalCdf } from "../distributions/index.js";
import { assertShare, holds, shareOfStudies, typeOneError } from "../simulate.testkit.js";
import { gallasOneShot } from "./gallas.js";
import { obuchowskiRockette } from "./obuchowski-rockette.js";
import type { Read } from "./reads.js";
import { compareWithReaders } from "./standalone.js";

// C. A. Roe, C. E. Metz, Acad Radiol 4, 1997: variances of case, modality by case, reader by case and rest sum to 1.
const [shift, reader, interaction] = [1.5, 0.03, 0.03];
const parts = { case: 0.3, modalityCase: 0.3, readerCase: 0.2, rest: 0.2 };
const truth = normalCdf(shift / Math.sqrt(2 * (1 + reader + interaction)));

function roeMetz(random: Random, readers = 5, perKind = 40): Read[] {
  const deviation = (variance: number): number => Math.sqrt(variance) * random.normal();
  const reads: Read[] = [];
  const modalities = ["a", "b"];
  for (const positive of [false, true]) {
    const skill = Array.from({ length: readers }, () => deviation(reader));
    const taste = modalities.map(() => Array.from({ length: readers }, () => deviation(interaction)));
    for (let k = 0; k < perKind; k++) {
      const common = deviation(parts.case);
      const own = modalities.map(() => deviation(parts.modalityCase));
      const eye = Array.from({ length: readers }, () => deviation(parts.readerCase));
      modalities.forEach((modality, m) => {
        for (let j = 0; j < readers; j++) {
          const rating =
            (positive ? shift : 0) + skill[j]! + taste[m]![j]! + common + own[m]! + eye[j]! + deviation(parts.rest);
          reads.push({ reader: j, modality, case: `${positive} ${k}`, positive, rating });
        }
      });
    }
  }
  return reads;
}

test("Obuchowski and Rockette's test and interval keep their level for random readers and cases", (t) => {
  const rejected = shareOfStudies("or", (random) => obuchowskiRockette(roeMetz(random)).test!.p < 0.05);
  // Hillis reports 4 to 5 % for this model: the truncated Cov2 - Cov3 errs on the safe side.
  assertShare(t, "type-I error", rejected, [0.033, typeOneError[1]]);
  const covered = shareOfStudies("mean", (random) => holds(obuchowskiRockette(roeMetz(random)).means[0]!, truth));
  // With five readers and 40 cases of a kind the symmetric interval of a single AUC covers some 92 %; that of a difference keeps its level.
  assertShare(t, "coverage of a modality's mean", covered, [0.9, 0.96]);
});

test("the one-shot interval of a modality covers", (t) => {
  const covered = shareOfStudies(
    "gallas",
    (random) => holds(gallasOneShot(roeMetz(random, 4, 25).filter((read) => read.modality === "a")).means[0]!, truth),
    2000,
  );
  assertShare(t, "one-shot", covered, [0.9, 0.96]);
});

test("a network as good as the readers' mean is called different in 5 %", (t) => {
  const rejected = shareOfStudies("standalone", (random) => {
    const reads = roeMetz(random);
    const network = reads.filter((read) => read.modality === "b" && read.reader === 0);
    // One network without variance of skill is as good as the readers' mean with a smaller shift.
    const fair = network.map((read) => ({
      ...read,
      rating: (read.positive ? shift / Math.sqrt(1 + reader + interaction) : 0) + random.normal(),
    }));
    return compareWithReaders(fair, reads.filter((read) => read.modality === "a")).p < 0.05;
  });
  assertShare(t, "type-I error against readers", rejected, [0.035, 0.062]);
});

test("fixed readers: the test keeps its level when the same readers read new cases", (t) => {
  const rejected = shareOfStudies(
    "fixed",
    (random) => obuchowskiRockette(sameReaders(random), { fixed: "readers" }).test!.p < 0.05,
  );
  assertShare(t, "type-I error, readers fixed", rejected, [0.04, 0.065]);
});

/** Three readers without skills of their own: only cases vary. */
function sameReaders(random: Random): Read[] {
  const reads: Read[] = [];
  for (let k = 0; k < 80; k++) {
    const positive = k < 40;
    const common = 0.6 * random.normal();
    for (const modality of ["a", "b"]) {
      const own = 0.5 * random.normal();
      for (let j = 0; j < 3; j++) {
        reads.push({ reader: j, modality, case: k, positive, rating: (positive ? 1.2 : 0) + common + own + 0.6 * random.normal() });
      }
    }
  }
  return reads;
}
