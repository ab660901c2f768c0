import { useState, type FormEvent, type ReactNode } from "react";
import { versionTag, type ResponseOf } from "../../../server/contract.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { Dialog } from "../../parts/dialog.js";
import { SelectField, TextField } from "../../parts/fields.js";
import { Paged } from "../../parts/paged.js";
import { Failure, Notice, Shown } from "../../parts/states.js";
import { navigate, usePart } from "../../shell/router.js";
import { pathOf, server, useAct, useAnswer } from "../../shell/server.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";
import { DataAudit } from "./data-audit.js";

function LabelDialog({ dataset, caseKey, labels, onClose }: { readonly dataset: string; readonly caseKey: string; readonly labels: readonly string[]; readonly onClose: () => void }): ReactNode {
  const { t, moment } = useSpeech();
  const isMaker = useIsMaker();
  const params = { dataset, case: caseKey };
  const answer = useAnswer("dataCase", { params });
  const [label, setLabel] = useState("");
  const [reason, setReason] = useState("");
  const { act, isBusy, error } = useAct();
  const submit = (event: FormEvent, version: number, was: string): void => {
    event.preventDefault();
    void act(async () => {
      await server.call("changeLabel", { params, body: { label: label !== "" ? label : was, reason }, ifMatch: versionTag(version) });
      onClose();
    });
  };
  return (
    <Shown answer={answer}>
      {(one) => (
        <>
          <img src={pathOf("dataCaseImage", { params })} alt={t("case.image", { name: one.name })} style={{ maxWidth: "100%", maxHeight: "40vh", background: "#000" }} />
          <p>{one.name}: <strong>{one.label}</strong> {one.importedLabel !== undefined && <span className="quiet">{t("data.was", { label: one.importedLabel })}</span>}</p>
          {isMaker && (
            <form onSubmit={(event) => submit(event, one.version, one.label)}>
              <SelectField label={t("data.changeLabel")} value={label !== "" ? label : one.label} options={labels.map((value) => ({ value, text: value }))} onPick={setLabel} />
              <TextField label={t("data.reason")} required maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />
              {error && <Failure error={error} />}
              <button className="main" type="submit" disabled={isBusy}>{t("shell.save")}</button>
            </form>
          )}
          {one.history.length > 0 && (
            <>
              <h3>{t("data.history")}</h3>
              <ul>{one.history.map((change) => <li key={change.at}>{moment(change.at)}, {change.by}: {change.from} → {change.to}. {change.reason}</li>)}</ul>
            </>
          )}
        </>
      )}
    </Shown>
  );
}

type DataSetAnswer = ResponseOf<"dataSet">;

function Cases({ set }: { readonly set: DataSetAnswer }): ReactNode {
  const { t, number } = useSpeech();
  const [label, setLabel] = useState("");
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState<string>();
  const [turn, setTurn] = useState(0);
  return (
    <section className="card">
      <h2>{t("data.cases")}</h2>
      <div className="row">
        <SelectField label={t("data.label")} value={label} options={[{ value: "", text: t("shell.all") }, ...set.labels.map((value) => ({ value, text: value }))]} onPick={setLabel} />
        <TextField label={t("shell.search")} type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
      </div>
      <Paged key={turn} name="dataCases" call={{ params: { dataset: set.id }, query: { ...(label !== "" && { label }), ...(search !== "" && { search }) } }}>
        {(cases, total) => {
          const columns = set.columns.filter((column) => cases.some(({ fields }) => (fields[column] ?? "") !== "")).slice(0, 6);
          return (
          <div className="scroll" tabIndex={0}>
            <p className="quiet" role="status">{t("shell.ofTotal", { shown: number(cases.length), total: number(total) })}</p>
            <table>
              <thead><tr><th>{t("shell.name")}</th><th>{t("data.label")}</th><th>{t("data.patient")}</th>{columns.map((column) => <th key={column}>{column}</th>)}</tr></thead>
              <tbody>
                {cases.map((one) => (
                  <tr key={one.key}>
                    <th scope="row"><button type="button" className="link" onClick={() => setOpened(one.key)}>{one.name}</button></th>
                    <td>{one.label}{one.importedLabel !== undefined && one.importedLabel !== one.label && <small className="quiet"> ({t("data.was", { label: one.importedLabel })})</small>}</td>
                    <td>{one.patient ?? "–"}</td>
                    {columns.map((column) => <td key={column}>{one.fields[column] ?? ""}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          );
        }}
      </Paged>
      <Dialog title={t("data.changeLabel")} isOpen={opened !== undefined} onClose={() => setOpened(undefined)}>
        {opened !== undefined && <LabelDialog dataset={set.id} caseKey={opened} labels={set.labels} onClose={() => { setOpened(undefined); setTurn(turn + 1); }} />}
      </Dialog>
    </section>
  );
}

export function DataSetPage(): ReactNode {
  const { t, number, list } = useSpeech();
  const id = usePart(1);
  const answer = useAnswer("dataSet", { params: { dataset: id } });
  const isMaker = useIsMaker();
  const { act, isBusy, error } = useAct();
  return (
    <Shown answer={answer} isPage>
      {(set) => (
        <>
          {error && <Failure error={error} />}
          <div className="head">
            <div>
              <h1>{set.name} <span className={`chip ${set.state}`}>{t(`data.state.${set.state}`)}</span></h1>
              <p className="quiet">{set.patients === undefined ? t("data.count", { cases: number(set.cases) }) : t("data.countPatients", { cases: number(set.cases), patients: number(set.patients) })} · {list(set.labels.map((label) => `${label} ${number(set.classCounts[label] ?? 0)}`))}</p>
            </div>
            {isMaker && (
              <div className="row">
                <a className="button" href={pathOf("dataTable", { params: { dataset: id } })} download>{t("data.table")}</a>
                <ConfirmButton label={t("data.remove")} note={t("data.removeNote")} disabled={isBusy} onConfirm={() => void act(async () => { await server.call("removeDataSet", { params: { dataset: id } }); navigate("/datasets"); })} />
              </div>
            )}
          </div>
          {set.problem && <Notice kind="bad">{set.problem}</Notice>}
          {set.warnings.map((line) => <Notice key={line} kind="warn">{line}</Notice>)}
          {set.state === "importing" && <button type="button" onClick={answer.again}>{t("shell.again")}</button>}
          {set.setAside.length > 0 && <details className="card"><summary>{t("data.setAside")}: {number(set.setAside.length)}</summary><ul>{set.setAside.map(({ file, reason }) => <li key={file}>{file}: {reason}</li>)}</ul></details>}
          <DataAudit dataset={id} />
          {set.state === "ready" && <Cases set={set} />}
        </>
      )}
    </Shown>
  );
}
