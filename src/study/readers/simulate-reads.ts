import { InputError, csvText, exp, seededRandom } from "../../base/index.js";
import { normalShare } from "../../phantom/index.js";
import type { ReadingCondition } from "./contract.js";

/** What is read: the truth, and what the network said. */
export interface SimulatedCase {
  readonly id: string;
  readonly label: number;
  readonly predicted: number;
  readonly probabilities: readonly number[];
}

export interface ReadingDesign {
  readonly seed: number | string;
  /** Number of readers; default 6, as many in each group as can be. */
  readonly readers?: number;
  /** Default orthopaedists and radiologists. */
  readonly groups?: readonly string[];
  /** Mean accuracy of the readers that these stand for; default 0.89. */
  readonly skill?: number;
  /** Standard deviation of the readers' accuracies; default 0.015. */
  readonly spread?: number;
  /** Share of the variance of an impression that all readers have in common, the case's own difficulty; default 0.5. */
  readonly sharedDifficulty?: number;
  /** Second reads with the network's answer at hand, in a crossed order of sessions; default true. */
  readonly aided?: boolean;
  /** How readily an unsure reader takes the network's answer, 0 to 1; default 0.6. */
  readonly trust?: number;
}

export interface SimulatedRead {
  readonly reader: string;
  readonly case: string;
  readonly label: number;
  /** 0.5 (a guess) to 1. */
  readonly confidence: number;
  readonly group: string;
  readonly condition: ReadingCondition;
  readonly seconds: number;
  /** 1, or 2 after the wash-out. */
  readonly session: 1 | 2;
}

/** Correlation of one reader's two impressions of a case, weeks apart. */
const rereading = 0.8;
/** Share of wrong answers that fall on the class that the case resembles. */
const alikeShare = 0.7;

interface Impression {
  readonly label: number;
  /** 0 at the point where right turns into wrong, 1 furthest from it. */
  readonly clarity: number;
  readonly right: boolean;
}

function checkDesign({ readers = 6, skill = 0.89, spread = 0.015, sharedDifficulty = 0.5, trust = 0.6 }: ReadingDesign): void {
  const refuse = (what: string, expected: string, got: number): never => {
    throw new InputError("simulate-reads", `${what}: expected ${expected}, got ${got}. Correct the option.`);
  };
  if (!Number.isInteger(readers) || readers < 1 || readers > 1000) refuse("readers", "a whole number from 1 to 1000", readers);
  if (!(skill > 0 && skill < 1)) refuse("skill", "an accuracy between 0 and 1", skill);
  if (!(spread >= 0 && spread <= 0.2)) refuse("spread", "a standard deviation from 0 to 0.2", spread);
  if (!(sharedDifficulty >= 0 && sharedDifficulty <= 1)) refuse("shared difficulty", "a share from 0 to 1", sharedDifficulty);
  if (!(trust >= 0 && trust <= 1)) refuse("trust", "a number from 0 to 1", trust);
}

/** Readers with their skills, drawn around the mean. */
export function drawReaders({ seed, readers = 6, groups = ["orthopaedists", "radiologists"], skill = 0.89, spread = 0.015 }: ReadingDesign): { name: string; group: string; skill: number; pace: number }[] {
  const numbers = new Map<string, number>();
  return Array.from({ length: readers }, (_, j) => {
    const group = groups[Math.floor((j * groups.length) / readers)] ?? "";
    const number = (numbers.get(group) ?? 0) + 1;
    numbers.set(group, number);
    const random = seededRandom("simulated reader", seed, j);
    // Some read faster than others.
    return { name: `${group === "" ? "reader" : group.replace(/s$/, "")}-${number}`, group, skill: Math.min(0.995, Math.max(0.005, skill + spread * random.normal())), pace: exp(0.3 * random.normal()) };
  });
}

/**
 * A reading that a computer made up. A reader's impression of a case is normal, part of its variance the case's own, so
 * that readers err on the same hard cases; it is read wrongly where the impression lies below the quantile of 1 - skill.
 * Confidence grows with the distance from that point, seconds shrink with it. In the aided reading the impression is a
 * second one of the same case, and a reader whom the network contradicts follows it the more readily the less sure he is.
 * Half the cases are read alone first, half aided first; the other condition follows in a second session.
 * @throws InputError `simulate-reads`
 */
export function simulateReads(cases: readonly SimulatedCase[], classes: number, design: ReadingDesign): SimulatedRead[] {
  checkDesign(design);
  const { seed, sharedDifficulty = 0.5, aided = true, trust = 0.6 } = design;
  const readers = drawReaders(design);
  return readers.flatMap(({ name, group, skill, pace }, j) =>
    cases.flatMap((one, i): SimulatedRead[] => {
      const ofCase = seededRandom("simulated difficulty", seed, one.id);
      const difficulty = ofCase.normal();
      const resembles = (one.label + 1 + ofCase.integer(classes - 1)) % classes;
      const random = seededRandom("simulated read", seed, j, one.id);
      const noise = random.normal();
      const mistaken = random.uniform() < alikeShare ? resembles : (one.label + 1 + random.integer(classes - 1)) % classes;
      const see = (own: number): Impression => {
        const rank = normalShare(Math.sqrt(sharedDifficulty) * difficulty + Math.sqrt(1 - sharedDifficulty) * own);
        const right = rank > 1 - skill;
        return { right, label: right ? one.label : mistaken, clarity: right ? (rank - (1 - skill)) / skill : (1 - skill - rank) / (1 - skill) };
      };
      // A wrong answer is seldom given as surely as a right one.
      const sureness = ({ right, clarity }: Impression): number => 0.5 + 0.5 * Math.min(1, Math.max(0, (right ? 0.25 + 0.7 * clarity : 0.1 + 0.5 * clarity) + 0.08 * random.normal()));
      const time = ({ clarity }: Impression): number => Math.max(2, 18 * pace * exp(0.35 * random.normal()) * (1.5 - clarity));
      const common = { reader: name, case: one.id, group };
      const first = see(noise);
      const isAidedFirst = (i + j) % 2 === 1;
      const alone: SimulatedRead = { ...common, label: first.label, confidence: sureness(first), condition: "alone", seconds: time(first), session: aided && isAidedFirst ? 2 : 1 };
      if (!aided) return [alone];
      const second = see(rereading * noise + Math.sqrt(1 - rereading ** 2) * random.normal());
      const agrees = second.label === one.predicted;
      const pull = trust * (1 - second.clarity) * Math.min(1, 1.5 * one.probabilities[one.predicted]!);
      const follows = random.uniform() < pull;
      const sure = sureness(second);
      return [
        alone,
        {
          ...common,
          label: follows ? one.predicted : second.label,
          confidence: agrees ? Math.min(1, sure + 0.05) : Math.max(0.5, sure - 0.1),
          condition: "aided",
          seconds: time(second) * (agrees ? 0.85 : 1.15),
          session: isAidedFirst ? 1 : 2,
        },
      ];
    }),
  );
}

/** The reads as a table, every line marked as simulated. */
export function readsCsv(reads: readonly SimulatedRead[], labels: readonly string[]): string {
  return csvText([
    ["reader", "case", "label", "confidence", "group", "condition", "seconds", "session", "simulated"],
    ...reads.map((read) => [read.reader, read.case, labels[read.label]!, Number(read.confidence.toFixed(3)), read.group, read.condition, Number(read.seconds.toFixed(1)), read.session, "yes"]),
  ]);
}
