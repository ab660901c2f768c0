import type { Answers, Panel } from "./answers.js";
import type { DifferingCase, ReadersResult } from "./contract.js";

interface Verdict {
  readonly at: number;
  readonly given: ReadonlyMap<string, number>;
  readonly right: number;
}

/** What the readers, alone, said of each case that any of them read. */
function verdicts(readers: readonly Answers[], panel: Panel): Verdict[] {
  const given = panel.cases.map(() => new Map<string, number>());
  for (const { name, cases, given: labels } of readers) cases.forEach((at, i) => given[at]!.set(name, labels[i]!));
  return given.flatMap((own, at) => (own.size === 0 ? [] : [{ at, given: own, right: [...own.values()].filter((label) => label === panel.cases[at]!.label).length }]));
}

/** Cases by how many readers were right, where the network was and where it was not. */
export function tallyOf(readers: readonly Answers[], panel: Panel): ReadersResult["tally"] {
  const rows = new Map<string, { readersRight: number; readers: number; networkRight: number; networkWrong: number }>();
  for (const { at, given, right } of verdicts(readers, panel)) {
    const key = `${given.size}/${right}`;
    const row = rows.get(key) ?? { readersRight: right, readers: given.size, networkRight: 0, networkWrong: 0 };
    if (panel.cases[at]!.predicted === panel.cases[at]!.label) row.networkRight += 1;
    else row.networkWrong += 1;
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => b.readers - a.readers || b.readersRight - a.readersRight);
}

/** Cases that the network got right and half of the readers or more did not, or the other way round; the clearest first. */
export function differingCases(readers: readonly Answers[], panel: Panel): DifferingCase[] {
  const clear = ({ isNetworkRight, readersRight, readers: all }: DifferingCase): number => {
    const share = readersRight / Object.keys(all).length;
    return isNetworkRight ? 1 - share : share;
  };
  return verdicts(readers, panel)
    .map(({ at, given, right }): DifferingCase => {
      const { id, label, predicted, probabilities } = panel.cases[at]!;
      return {
        case: id,
        label: panel.labels[label]!,
        network: panel.labels[predicted]!,
        probability: probabilities[predicted]!,
        isNetworkRight: predicted === label,
        readersRight: right,
        readers: Object.fromEntries([...given].map(([name, one]) => [name, panel.labels[one]!])),
      };
    })
    .filter((one) => clear(one) >= 0.5)
    .sort((a, b) => clear(b) - clear(a) || b.probability - a.probability || (a.case < b.case ? -1 : 1));
}
