import type { ReactNode } from "react";
import { caseFilters, caseSorts } from "../../../server/contract.js";
import { SelectField, TextField } from "../../parts/fields.js";
import { Paged } from "../../parts/paged.js";
import { Link, usePart, useQuery } from "../../shell/router.js";
import { pathOf, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { selectionOf } from "./selection.js";

export function CasesPage(): ReactNode {
  const { t, number, percent } = useSpeech();
  const study = usePart(1);
  const [query, change] = useQuery();
  const about = useAnswer("study", { params: { study } });
  const selection = selectionOf(query);
  const cells = about.data?.table.map(({ id }) => id) ?? [];
  const labels = [{ value: "", text: t("shell.all") }, ...(about.data?.labels ?? []).map((label) => ({ value: label, text: label }))];
  const text = query.toString();
  return (
    <>
      <div className="head">
        <div><h1>{t("cases.title")}</h1><p><Link to={`/studies/${study}`}>{about.data?.title ?? t("shell.back")}</Link></p></div>
      </div>
      <div className="card row">
        <SelectField label={t("cases.cell")} value={selection.cell ?? cells[0] ?? ""} options={cells.map((value) => ({ value, text: value }))} onPick={(cell) => change({ cell })} />
        <SelectField label={t("cases.filter")} value={selection.filter ?? ""} options={[{ value: "", text: t("filter.all") }, ...caseFilters.map((value) => ({ value, text: t(`filter.${value}`) }))]} onPick={(filter) => change({ filter })} />
        <SelectField label={t("study.truth")} value={selection.label ?? ""} options={labels} onPick={(label) => change({ label })} />
        <SelectField label={t("study.predicted")} value={selection.predicted ?? ""} options={labels} onPick={(predicted) => change({ predicted })} />
        <SelectField label={t("cases.sort")} value={selection.sort ?? "name"} options={caseSorts.map((value) => ({ value, text: t(`sort.${value}`) }))} onPick={(sort) => change({ sort })} />
        <TextField label={t("shell.search")} type="search" value={selection.search ?? ""} onChange={(event) => change({ search: event.target.value })} />
      </div>
      <Paged name="cases" call={{ params: { study }, query: selection }}>
        {(cases, total) => (
          <div className="card scroll">
            <p className="quiet" role="status">{cases.length === 0 ? t("cases.empty") : t("shell.ofTotal", { shown: number(cases.length), total: number(total) })}</p>
            <table hidden={cases.length === 0}>
              <thead><tr><th><span className="unseen">{t("case.image", { name: "" })}</span></th><th>{t("shell.name")}</th><th>{t("study.truth")}</th><th>{t("study.predicted")}</th><th className="number">{t("cases.confidence")}</th><th className="number">{t("study.relevance")}</th></tr></thead>
              <tbody>
                {cases.map((row) => (
                  <tr key={`${row.key} ${row.seed}`}>
                    <td><img className="thumb" src={pathOf("caseImage", { params: { study, case: row.key }, query: { format: "thumbnail" } })} alt="" width="44" height="44" loading="lazy" /></td>
                    <th scope="row"><Link to={`/studies/${study}/cases/${row.key}${text === "" ? "" : `?${text}`}`}>{row.name}</Link></th>
                    <td>{row.label}</td>
                    <td className={row.correct ? "right" : "wrong"}>{row.predicted} <small>({t(row.correct ? "case.right" : "case.wrong")})</small></td>
                    <td className="number">{percent(row.confidence)}</td>
                    <td className="number">{typeof row.relevance === "number" ? percent(row.relevance) : "–"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </>
  );
}
