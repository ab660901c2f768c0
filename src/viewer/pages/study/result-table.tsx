import type { ReactNode } from "react";
import type { CellSummary, FigureValue, Study } from "../../../server/contract.js";
import { isEstimated } from "../../parts/estimated.js";
import { Figure } from "../../parts/figure.js";
import { useSpeech } from "../../shell/speech.js";
import type { Word } from "../../words/index.js";

const columns: readonly (readonly [word: Word, of: (cell: CellSummary) => FigureValue | undefined])[] = [
  ["measure.accuracy", ({ accuracy }) => accuracy],
  ["measure.f1", ({ macro }) => macro.f1],
  ["measure.auc", ({ macro }) => macro.auc],
  ["measure.recall", ({ macro }) => macro.recall],
  ["measure.specificity", ({ macro }) => macro.specificity],
  ["measure.precision", ({ macro }) => macro.precision],
  ["study.relevance", ({ relevance }) => relevance],
];

/** Network by regime by measure. */
export function ResultTable({ study, chosen, onChoose }: { readonly study: Study; readonly chosen: string | undefined; readonly onChoose: (cell: string) => void }): ReactNode {
  const { t, percent } = useSpeech();
  const { table } = study;
  const best = columns.map(([, of]) => Math.max(...table.map((cell) => (isEstimated(of(cell)) ? (of(cell) as { estimate: number }).estimate : -1))));
  const [hasStart, hasView] = [table.some(({ start }) => start !== undefined), table.some(({ view }) => view !== undefined)];
  return (
    <div className="scroll">
      <table>
        <caption>{t("study.caption", { level: percent(study.level ?? 0.95, 0) })}</caption>
        <thead>
          <tr>
            <th>{t("study.network")}</th><th>{t("study.regime")}</th>
            {hasStart && <th>{t("study.start")}</th>}
            {hasView && <th>{t("study.view")}</th>}
            {columns.map(([word]) => <th key={word}>{t(word)}</th>)}
          </tr>
        </thead>
        <tbody>
          {table.map((cell) => (
            <tr key={cell.id} className={cell.id === chosen ? "pick chosen" : "pick"} onClick={() => onChoose(cell.id)}>
              <th scope="row"><button type="button" className="link" aria-pressed={cell.id === chosen} onClick={() => onChoose(cell.id)}>{cell.network}</button></th>
              <td>{cell.row}</td>
              {hasStart && <td>{cell.start}</td>}
              {hasView && <td>{cell.view}</td>}
              {columns.map(([word, of], i) => <td key={word}><Figure value={of(cell)} isBest={isEstimated(of(cell)) && (of(cell) as { estimate: number }).estimate === best[i]} /></td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
