// Simulated readings of known skill, analyzed hundreds of times: minutes.
import assert from "node:assert/strict";
import test from "node:test";
import { analyzeReaderFigures, compareFiguresWithReaders, isEstimable } from "../../stats/index.js";
import { seededRandom } from "../../base/index.js";
import { readersAnswers, networkAnswers, type Panel } from "./answers.js";
import { JackknifedAnswers } from "./jackknife-answers.js";
import { simulateReads, type SimulatedCase } from "./simulate-reads.js";

const labels = ["normal", "lysis", "slip"];
const count = 150;
const studies = 1000;

/** One study: a network that is right with a probability of its own, and readers drawn around a mean skill. */
function study(seed: number, { network, skill, spread, aided = false, trust = 0 }: { network: number; skill: number; spread: number; aided?: boolean; trust?: number }) {
  const random = seededRandom("simulated study", seed);
  const cases: SimulatedCase[] = Array.from({ length: count }, (_, i) => {
    const label = i % 3;
    const predicted = random.uniform() < network ? label : (label + 1 + random.integer(2)) % 3;
    return { id: `${seed}-${i}`, label, predicted, probabilities: labels.map((__, k) => (k === predicted ? 0.8 : 0.1)) };
  });
  const panel: Panel = { labels, cases: cases.map((one) => ({ ...one, patient: one.id, images: [] })), patients: cases.map(({ id }) => id), level: 0.95, seed: 1 };
  const position = new Map(cases.map(({ id }, i) => [id, i]));
  const reads = simulateReads(cases, 3, { seed, skill, spread, readers: 6, aided, trust }).map((read) => ({ reader: read.reader, group: read.group, condition: read.condition, index: position.get(read.case)!, label: read.label }));
  const readers = readersAnswers(reads, new Map(cases.map((_, i) => [i, i]))).map((answers) => new JackknifedAnswers(answers, panel));
  return { readers, network: new JackknifedAnswers(networkAnswers(panel), panel) };
}

const figuresOf = (readers: readonly JackknifedAnswers[]) =>
  readers.map((reader) => {
    const figure = reader.figure({ metric: "accuracy" });
    assert.ok(isEstimable(figure));
    return { ...figure, reader: reader.answers.name, modality: reader.answers.condition, n: count };
  });

// Oracle: the skill that was simulated. Six readers and 150 cases are few: intervals may cover a little less or more.
test("the interval of the readers' mean holds the simulated skill in 93 to 98 of 100 studies", (t) => {
  let covered = 0;
  for (let seed = 0; seed < studies; seed++) {
    const { readers } = study(seed, { network: 0.9, skill: 0.85, spread: 0.02 });
    const [mean] = analyzeReaderFigures(figuresOf(readers), { cases: count }).means;
    if (mean!.lower <= 0.85 && 0.85 <= mean!.upper) covered += 1;
  }
  const coverage = covered / studies;
  t.diagnostic(`coverage of the mean: ${coverage}`);
  assert.ok(coverage > 0.93 && coverage < 0.98, `coverage ${coverage}`);
});

// Oracle: equal skills make every rejection an error; 1,000 studies have a standard error of 0.7 points.
test("a network as good as the readers' mean is told from it in 2.5 to 7.5 of 100 studies", (t) => {
  let rejected = 0;
  for (let seed = 0; seed < studies; seed++) {
    const { readers, network } = study(seed, { network: 0.85, skill: 0.85, spread: 0.02 });
    if (compareFiguresWithReaders(figuresOf([network])[0]!, figuresOf(readers)).p < 0.05) rejected += 1;
  }
  t.diagnostic(`type-I error, network against readers: ${rejected / studies}`);
  assert.ok(rejected / studies > 0.025 && rejected / studies < 0.075, `type-I error ${rejected / studies}`);
});

test("help that nobody follows is found to help in at most 7.5 of 100 studies, a better network almost always", (t) => {
  let [rejected, found] = [0, 0];
  for (let seed = 0; seed < studies; seed++) {
    const { readers } = study(seed, { network: 0.9, skill: 0.8, spread: 0.02, aided: true, trust: 0 });
    if (analyzeReaderFigures(figuresOf(readers), { cases: count }).differences[0]!.p < 0.05) rejected += 1;
    if (seed >= 200) continue;
    const better = study(seed, { network: 0.98, skill: 0.7, spread: 0.02 });
    if (compareFiguresWithReaders(figuresOf([better.network])[0]!, figuresOf(better.readers)).p < 0.05) found += 1;
  }
  t.diagnostic(`type-I error, aided against alone: ${rejected / studies}; power ${found / 200}`);
  assert.ok(rejected / studies < 0.075, `type-I error ${rejected / studies}`);
  assert.ok(found > 195, `${found} of 200`);
});
