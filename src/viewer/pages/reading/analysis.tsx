import type { ReactNode } from "react";
import type { FigureValue, ResponseOf } from "../../../server/contract.js";
import { Difference, Figure } from "../../parts/figure.js";
import { Notice } from "../../parts/states.js";
import { useSpeech } from "../../shell/speech.js";

const metrics = ["accuracy", "precision", "recall", "specificity", "f1"] as const;
const measures = [...metrics, "auc"] as const;
type Table = Readonly<Partial<Record<(typeof metrics)[number], FigureValue>>>;

/** As much of the readers' analysis as the page shows; the study's report has all of it. */
interface Readers {
  readonly network?: { readonly main: Table };
  readonly readers?: readonly { readonly name: string; readonly group?: string; readonly condition: "alone" | "aided"; readonly reads: number; readonly figures: { readonly main: Table }; readonly medianSeconds?: number }[];
  readonly groups?: readonly { readonly group?: string; readonly condition: "alone" | "aided"; readonly readers: number; readonly figures: { readonly main: Table } }[];
  readonly comparisons?: readonly { readonly group?: string; readonly condition: "alone" | "aided"; readonly metric: string; readonly label?: string; readonly isPrimary: boolean; readonly difference: FigureValue; readonly pValue?: number; readonly pAdjusted?: number }[];
  readonly aid?: { readonly differences: readonly { readonly metric: string; readonly difference: FigureValue; readonly pValue?: number }[] };
}

export function Analysis({ result }: { readonly result: ResponseOf<"readingAnalysis"> }): ReactNode {
  const { t, number, pValue } = useSpeech();
  const found = ((result as { result?: Readers }).result ?? result) as Readers;
  const primary = found.comparisons?.filter(({ isPrimary }) => isPrimary) ?? [];
  const rows = [
    ...(found.network ? [{ key: "network", name: t("reading.network"), condition: undefined, figures: found.network.main, reads: undefined, seconds: undefined }] : []),
    ...(found.groups ?? []).map((group) => ({ key: `group ${group.group} ${group.condition}`, name: `${t("reading.mean")}${group.group ? `: ${group.group}` : ""} (${number(group.readers)})`, condition: group.condition, figures: group.figures.main, reads: undefined, seconds: undefined })),
    ...(found.readers ?? []).map((reader) => ({ key: `${reader.name} ${reader.condition}`, name: reader.name, condition: reader.condition, figures: reader.figures.main, reads: reader.reads, seconds: reader.medianSeconds })),
  ];
  const sayMetric = (metric: string): string => ((measures as readonly string[]).includes(metric) ? t(`measure.${metric as (typeof measures)[number]}`) : metric);
  const sayCondition = (condition: "alone" | "aided" | undefined): string => (condition === undefined ? "–" : t(condition === "alone" ? "condition.alone" : "condition.aided"));
  return (
    <section className="card" id="analysis">
      <h2>{t("reading.analysis")}</h2>
      {result.warnings.map((line) => <Notice key={line} kind="warn">{line}</Notice>)}
      <div className="scroll" tabIndex={0}>
        <table>
          <thead><tr><th>{t("reading.who")}</th><th>{t("reading.condition")}</th>{metrics.map((metric) => <th key={metric}>{t(`measure.${metric}`)}</th>)}<th className="number">{t("reading.n")}</th><th className="number">{t("reading.seconds")}</th></tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}><th scope="row">{row.name}</th><td>{sayCondition(row.condition)}</td>{metrics.map((metric) => <td key={metric}><Figure value={row.figures[metric]} /></td>)}<td className="number">{row.reads === undefined ? "–" : number(row.reads)}</td><td className="number">{row.seconds === undefined ? "–" : number(row.seconds, 1)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="grid2">
        {primary.length > 0 && (
          <div><h3>{t("reading.versus")}</h3>
            <table><tbody>{primary.map((row) => <tr key={`${row.group} ${row.condition}`}><th scope="row">{row.group ?? t("reading.mean")} <small className="quiet">{sayCondition(row.condition)}, {sayMetric(row.metric)}</small></th><td><Difference value={row.difference} /></td><td className="number">p {pValue(row.pValue)}</td></tr>)}</tbody></table>
          </div>
        )}
        {found.aid && (
          <div><h3>{t("reading.aid")}</h3>
            <table><tbody>{found.aid.differences.map((row) => <tr key={row.metric}><th scope="row">{sayMetric(row.metric)}</th><td><Difference value={row.difference} /></td><td className="number">p {pValue(row.pValue)}</td></tr>)}</tbody></table>
          </div>
        )}
      </div>
    </section>
  );
}
