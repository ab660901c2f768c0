import { test } from "node:test";
import type { Random } from "../../base/index.js";
import { normalCdf } from "../distributions/index.js";
import { assertShare, coverage, holds, shareOfStudies, studies, typeOneError } from "../simulate.testkit.js";
import { gallasOneShot } from "./gallas.js";
import { obuchowskiRockette } from "./obuchowski-rockette.js";
import type { Read } from "./reads.js";
import { compareWithReaders } from "./standalone.js";

// C. A. Roe, C. E. Metz, Acad Radiol 4, 1997: variances of case, modality by case, reader by case and rest sum to 1.
const [shift, reader, interaction] = [1.5, 0.03, 0.03];
const parts = { case: 0.3, modalityCase: 0.3, readerCase: 0.2, rest: 0.2 };
// A reader's rating of a case of a kind varies by 1 + reader + interaction over readers and cases; the mean over readers of their AUCs is
// the probability that a positive of one is above a negative of the same one, and readers' skills with the two kinds are independent.
const truth = normalCdf(shift / Math.sqrt(2 * (1 + reader + interaction)));

function roeMetz(random: Random, readers = 5, perKind: readonly [negatives: number, positives: number] = [40, 40], modalities: readonly string[] = ["a", "b"]): Read[] {
  const deviation = (variance: number): number => Math.sqrt(variance) * random.normal();
  const reads: Read[] = [];
  for (const positive of [false, true]) {
    const skill = Array.from({ length: readers }, () => deviation(reader));
    const taste = modalities.map(() => Array.from({ length: readers }, () => deviation(interaction)));
    for (let k = 0; k < perKind[Number(positive)]!; k++) {
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

test("Obuchowski and Rockette's test and the interval of the difference keep their level for random readers and cases", (t) => {
  let rejected = 0;
  const covered = shareOfStudies("or", (random) => {
    const { test: equal, differences } = obuchowskiRockette(roeMetz(random));
    if (equal!.p < 0.05) rejected += 1 / studies;
    return holds(differences[0]!, 0);
  });
  assertShare(t, "type-I error", rejected, typeOneError);
  assertShare(t, "coverage of the difference", covered, coverage);
});

test("the interval of a modality's mean keeps its level with few readers and few cases, which a symmetric one does not", (t) => {
  for (const [readers, negatives, positives] of [[5, 40, 40], [3, 25, 25], [6, 90, 15]] as const) {
    const what = `${readers} readers, ${negatives} negatives, ${positives} positives`;
    let symmetric = 0;
    const covered = shareOfStudies(`mean of ${what}`, (random) => {
      const reads = roeMetz(random, readers, [negatives, positives], ["a"]);
      if (holds(obuchowskiRockette(reads, { interval: "symmetric" }).means[0]!, truth)) symmetric += 1 / studies;
      return holds(obuchowskiRockette(reads).means[0]!, truth);
    });
    assertShare(t, what, covered, coverage);
    assertShare(t, `${what}, symmetric`, symmetric, [0.88, 0.94]);
  }
});

test("the one-shot interval of a modality covers", (t) => {
  const covered = shareOfStudies("gallas", (random) => holds(gallasOneShot(roeMetz(random, 4, [25, 25], ["a"])).means[0]!, truth));
  assertShare(t, "one-shot", covered, coverage);
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
  assertShare(t, "type-I error against readers", rejected, typeOneError);
});

test("fixed readers: the test keeps its level when the same readers read new cases", (t) => {
  const rejected = shareOfStudies(
    "fixed",
    (random) => obuchowskiRockette(sameReaders(random), { fixed: "readers" }).test!.p < 0.05,
  );
  assertShare(t, "type-I error, readers fixed", rejected, typeOneError);
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
