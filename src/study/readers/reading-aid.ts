import { analyzeReaderFigures, estimateOrReason, isEstimable, meanInterval } from "../../stats/index.js";
import type { Answers, Panel } from "./answers.js";
import type { AidResult } from "./contract.js";
import { adjustKnown, pairAnswers } from "./compare-network.js";
import { allFigures, askedFigures, type JackknifedAnswers } from "./jackknife-answers.js";
import { figureOf } from "./reader-figures.js";

/** A reader who read alone and with the network's help. */
export interface TwiceRead {
  readonly alone: JackknifedAnswers;
  readonly aided: JackknifedAnswers;
}

/** Readers with reads under both conditions. */
export function readTwice(readers: readonly JackknifedAnswers[]): TwiceRead[] {
  return readers.flatMap((alone) => {
    if (alone.answers.condition !== "alone") return [];
    const aided = readers.find(({ answers }) => answers.condition === "aided" && answers.name === alone.answers.name);
    return aided === undefined ? [] : [{ alone, aided }];
  });
}

/** What the network's help changes: over all readers with readers and cases random, and for each reader. */
export function aidOf(twice: readonly TwiceRead[], network: Answers, panel: Panel): AidResult {
  const rows = askedFigures(panel.labels).filter(({ label }) => label === undefined).map((asked) => {
    const result = estimateOrReason(() => {
      const figures = (["aided", "alone"] as const).flatMap((condition) =>
        allFigures(twice.map((one) => one[condition]), asked).map((figure, i) => ({ ...figure, reader: twice[i]!.alone.answers.name, modality: condition, n: twice[i]![condition].answers.cases.length })),
      );
      return analyzeReaderFigures(figures, { cases: panel.cases.length, level: panel.level, ...(twice.length === 1 && { fixed: "readers" as const }) });
    });
    if (!isEstimable(result)) return { metric: asked.metric, difference: result };
    const [aided, alone] = result.means;
    return { metric: asked.metric, alone: alone!.estimate, aided: aided!.estimate, difference: figureOf(result.differences[0]!), pValue: result.differences[0]!.p };
  });
  const adjusted = adjustKnown(rows.map(({ pValue }) => pValue));
  const perReader = twice.map((one) => ofReader(one, network, panel));
  const own = adjustKnown(perReader.map(({ pValue }) => pValue));
  return {
    differences: rows.map((row, i) => (adjusted[i] === undefined ? row : { ...row, pAdjusted: adjusted[i] })),
    perReader: perReader.map((row, i) => (own[i] === undefined ? row : { ...row, pAdjusted: own[i] })),
  };
}

function ofReader({ alone: { answers: alone }, aided: { answers: aided } }: TwiceRead, network: Answers, panel: Panel): AidResult["perReader"][number] {
  const at = (answers: Answers, i: number): number => answers.cases.indexOf(i);
  const changes = aided.cases.flatMap((index, i) => {
    const before = at(alone, index);
    if (before < 0) return [];
    const [from, to, advice, truth] = [alone.given[before]!, aided.given[i]!, network.given[index]!, panel.cases[index]!.label];
    return from !== to && to === advice ? [{ right: to === truth, wasRight: from === truth }] : [];
  });
  const timed = aided.cases.flatMap((index, i) => {
    const [after, before] = [aided.seconds?.[i], alone.seconds?.[at(alone, index)]];
    return after === undefined || before === undefined ? [] : [{ value: after - before, patient: panel.patients[index]! }];
  });
  const seconds =
    timed.length === 0
      ? undefined
      : estimateOrReason(() => meanInterval(timed.map(({ value }) => value), { level: panel.level, groups: timed.map(({ patient }) => patient), subject: "difference of reading times" }));
  return {
    reader: alone.name,
    condition: "aided",
    ...pairAnswers(aided, alone, panel),
    followed: changes.length,
    followedRight: changes.filter(({ right }) => right).length,
    followedWrong: changes.filter(({ wasRight }) => wasRight).length,
    ...(seconds && { seconds: figureOf(seconds) }),
  };
}
