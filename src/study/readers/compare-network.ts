import { compareFiguresWithReaders, estimateOrReason, holm, isEstimable, mcNemar, nonInferiority, type MarginTest, type NotEstimable, type StandaloneComparison } from "../../stats/index.js";
import type { Answers, Panel } from "./answers.js";
import type { NetworkComparison, PairedReads, ReadersResult, ReadingCondition } from "./contract.js";
import { allFigures, askedFigures, type AskedFigure, type JackknifedAnswers } from "./jackknife-answers.js";
import { figureOf } from "./reader-figures.js";

export interface ReaderSet {
  /** Undefined for all readers. */
  readonly group?: string;
  readonly condition: ReadingCondition;
  readonly readers: readonly JackknifedAnswers[];
}

/** Network minus the mean of the readers, readers and cases random; of a single reader, the reader fixed. */
function compare(network: JackknifedAnswers, { readers }: ReaderSet, panel: Panel, asked: AskedFigure): StandaloneComparison | NotEstimable {
  return estimateOrReason(() => {
    const [own, ...others] = allFigures([network, ...readers], asked);
    return compareFiguresWithReaders(
      { ...own!, n: panel.cases.length },
      others.map((figure, i) => ({ ...figure, reader: readers[i]!.answers.name })),
      { level: panel.level, ...(readers.length === 1 && { fixed: "readers" as const }) },
    );
  });
}

/** Values where they are known, adjusted for each other by Holm; the others stay unknown. */
export function adjustKnown(values: readonly (number | undefined)[]): (number | undefined)[] {
  const known = values.flatMap((p) => (p === undefined ? [] : [p]));
  const adjusted = holm(known);
  let next = 0;
  return values.map((p) => (p === undefined ? undefined : adjusted[next++]));
}

/** Every main figure against every set of readers; the one named in advance apart, the others adjusted for each other. */
export function compareNetwork(network: JackknifedAnswers, sets: readonly ReaderSet[], panel: Panel, primary: ReadersResult["primary"]): NetworkComparison[] {
  const asked: readonly AskedFigure[] = askedFigures(panel.labels).filter(({ label, metric }) => label === undefined || (label === primary.label && metric === primary.metric));
  const rows = sets.flatMap((set) =>
    asked.map(({ metric, label }): NetworkComparison => {
      const result = compare(network, set, panel, { metric, ...(label !== undefined && { label }) });
      const common = {
        ...(set.group !== undefined && { group: set.group }),
        condition: set.condition,
        metric,
        ...(label !== undefined && { label }),
        isPrimary: set.group === undefined && set.condition === "alone" && metric === primary.metric && label === primary.label,
        difference: figureOf(result),
      };
      if (!isEstimable(result)) return common;
      return { ...common, ...(result.degreesOfFreedom !== null && { degreesOfFreedom: result.degreesOfFreedom }), pValue: result.p };
    }),
  );
  const adjusted = adjustKnown(rows.map(({ isPrimary, pValue }) => (isPrimary ? undefined : pValue)));
  return rows.map((row, i) => (adjusted[i] === undefined ? row : { ...row, pAdjusted: adjusted[i] }));
}

/** Whether the network is no worse than the mean of all readers, alone, by more than the margin. */
export function testMargin(network: JackknifedAnswers, all: ReaderSet, panel: Panel, { metric, label, margin, alpha }: ReadersResult["primary"]): MarginTest | NotEstimable | undefined {
  if (margin === undefined) return undefined;
  const result = compare(network, all, panel, { metric, ...(label !== undefined && { label }) });
  return isEstimable(result) ? estimateOrReason(() => nonInferiority(result, { margin, alpha, range: [-1, 1] })) : result;
}

/** Two answers on the cases that both gave, exact McNemar, whole patients exchanged where one has several cases. */
export function pairAnswers(first: Answers, second: Answers, panel: Panel): Omit<PairedReads, "reader" | "condition" | "pAdjusted"> {
  const right = ({ cases, given }: Answers): Map<number, boolean> => new Map(cases.map((at, i) => [at, panel.cases[at]!.label === given[i]]));
  const [a, b] = [right(first), right(second)];
  const shared = [...a.keys()].filter((at) => b.has(at));
  const lists = [a, b].map((answers) => shared.map((at) => answers.get(at)!)) as [boolean[], boolean[]];
  const count = (x: boolean, y: boolean): number => shared.filter((_, i) => lists[0][i] === x && lists[1][i] === y).length;
  const result = estimateOrReason(() => mcNemar(...lists, { level: panel.level, groups: shared.map((at) => panel.patients[at]!) }));
  return {
    cases: shared.length,
    onlyFirst: count(true, false),
    onlySecond: count(false, true),
    difference: figureOf(result),
    ...(isEstimable(result) && { pValue: result.p, method: result.test }),
  };
}

/** The network against each reader. */
export function pairWithReaders(network: Answers, readers: readonly Answers[], panel: Panel): PairedReads[] {
  const pairs = readers.map((reader): PairedReads => ({ reader: reader.name, condition: reader.condition, ...pairAnswers(network, reader, panel) }));
  const adjusted = adjustKnown(pairs.map(({ pValue }) => pValue));
  return pairs.map((pair, i) => (adjusted[i] === undefined ? pair : { ...pair, pAdjusted: adjusted[i] }));
}
