import type { ReactNode } from "react";
import type { ResponseOf } from "../../../server/contract.js";
import { Difference, Figure } from "../../parts/figure.js";
import { SelectField } from "../../parts/fields.js";
import { Notice, Shown } from "../../parts/states.js";
import { useQuery } from "../../shell/router.js";
import { useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import type { Word } from "../../words/index.js";

type Pair = ResponseOf<"compareStudies">["pairs"][number];
type Measure = Pair["measures"][number];

const words: Readonly<Record<Measure["measure"], Word>> = { accuracy: "measure.accuracy", "macro F1": "measure.f1", AUC: "measure.auc" };

/** Two networks, a measure a line. */
function PairTable({ pair: { a, b, decisions, onlyA, onlyB, measures } }: { readonly pair: Pair }): ReactNode {
  const { t, number, pValue } = useSpeech();
  return (
    <section className="card scroll" tabIndex={0}>
      <h2>{a === b ? a : `${a} − ${b}`}</h2>
      <p className="quiet">{t("compare.decisions", { count: number(decisions), onlyA: number(onlyA), onlyB: number(onlyB) })}</p>
      <table>
        <thead><tr><th><span className="unseen">{t("compare.measure")}</span></th><th>A</th><th>B</th><th>A − B</th><th className="number">{t("study.pAdjusted")}</th></tr></thead>
        <tbody>
          {measures.map((one) => (
            <tr key={`${one.measure} ${one.label ?? ""}`}>
              <th scope="row">{t(words[one.measure])} {one.label !== undefined && <small className="quiet">{one.label}</small>}</th>
              <td><Figure value={one.a} /></td>
              <td><Figure value={one.b} /></td>
              <td><Difference value={one.difference} /></td>
              <td className="number" title={one.test}>{pValue(one.pAdjusted)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function ComparePage(): ReactNode {
  const { t, moment } = useSpeech();
  const [query, change] = useQuery();
  const studies = useAnswer("studies", { query: { limit: 500, state: "finished" } });
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  const answer = useAnswer("compareStudies", a !== "" && b !== "" && a !== b ? { query: { a, b } } : undefined);
  const options = [{ value: "", text: t("shell.choose") }, ...(studies.data?.items ?? []).map((one) => ({ value: one.id, text: `${one.title} · ${moment(one.finishedAt ?? one.createdAt)}` }))];
  return (
    <>
      <div className="head"><div><h1>{t("compare.title")}</h1><p className="quiet">{t("compare.choose")}</p></div></div>
      <div className="card row">
        <SelectField label="A" value={a} options={options} onPick={(value) => change({ a: value })} />
        <SelectField label="B" value={b} options={options} onPick={(value) => change({ b: value })} />
        {answer.isLoading && <span className="quiet" role="status">{t("shell.loading")}</span>}
      </div>
      {a !== "" && a === b && <p className="quiet">{t("compare.same")}</p>}
      <Shown answer={answer}>
        {({ pairs, warnings }) => (
          <>
            {warnings.map((line) => <Notice key={line} kind="warn">{line}</Notice>)}
            {pairs.map((pair) => <PairTable key={`${pair.a} ${pair.b}`} pair={pair} />)}
          </>
        )}
      </Shown>
    </>
  );
}
