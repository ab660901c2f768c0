import type { ReactNode } from "react";
import type { FigureValue } from "../../../server/contract.js";
import { Difference } from "../../parts/figure.js";
import { SelectField } from "../../parts/fields.js";
import { Notice, Shown } from "../../parts/states.js";
import { useQuery } from "../../shell/router.js";
import { useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";

interface Pair {
  readonly a: string | { readonly id: string };
  readonly b: string | { readonly id: string };
  readonly cases: number;
  readonly difference: FigureValue;
  readonly pValue?: number;
  readonly pAdjusted?: number;
}
const nameOf = (side: Pair["a"]): string => (typeof side === "string" ? side : side.id);

export function ComparePage(): ReactNode {
  const { t, number, day } = useSpeech();
  const [query, change] = useQuery();
  const studies = useAnswer("studies", { query: { limit: 500, state: "finished" } });
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  const answer = useAnswer("compareStudies", a !== "" && b !== "" && a !== b ? { query: { a, b } } : undefined);
  const options = [{ value: "", text: t("shell.choose") }, ...(studies.data?.items ?? []).map((one) => ({ value: one.id, text: `${one.title} · ${day(one.finishedAt ?? one.createdAt)}` }))];
  return (
    <>
      <div className="head"><div><h1>{t("compare.title")}</h1><p className="quiet">{t("compare.choose")}</p></div></div>
      <div className="card row">
        <SelectField label="A" value={a} options={options} onPick={(value) => change({ a: value })} />
        <SelectField label="B" value={b} options={options} onPick={(value) => change({ b: value })} />
      </div>
      {a !== "" && a === b && <p className="quiet">{t("compare.same")}</p>}
      <Shown answer={answer}>
        {({ pairs, warnings }) => (
          <section className="card scroll" tabIndex={0}>
            {warnings.map((line) => <Notice key={line} kind="warn">{line}</Notice>)}
            <table>
              <thead><tr><th>A</th><th>B</th><th className="number">{t("studies.cases")}</th><th>{t("study.difference")}</th><th className="number">{t("study.pAdjusted")}</th></tr></thead>
              <tbody>
                {(pairs as unknown as Pair[]).map((pair) => (
                  <tr key={`${nameOf(pair.a)} ${nameOf(pair.b)}`}><td>{nameOf(pair.a)}</td><td>{nameOf(pair.b)}</td><td className="number">{number(pair.cases)}</td><td><Difference value={pair.difference} /></td><td className="number">{pair.pAdjusted === undefined ? "–" : number(pair.pAdjusted, 3)}</td></tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </Shown>
    </>
  );
}
