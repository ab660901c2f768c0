import { useState, type FormEvent, type ReactNode } from "react";
import type { BodyOf } from "../../../server/contract.js";
import { SelectField, TextField } from "../../parts/fields.js";
import { Paged } from "../../parts/paged.js";
import { Failure, Notice } from "../../parts/states.js";
import { Link, navigate } from "../../shell/router.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";
import { uploadFile } from "./upload-file.js";

const sources = ["folder", "csv", "dicom", "upload", "pacs"] as const;
type Source = (typeof sources)[number];

function Import(): ReactNode {
  const { t, percent } = useSpeech();
  const [source, setSource] = useState<Source>("folder");
  const [name, setName] = useState("");
  const [path, setPath] = useState("");
  const [file, setFile] = useState<File>();
  const [share, setShare] = useState<number>();
  const [pacs, setPacs] = useState({ server: "", study: "", label: "" });
  const folder = useAnswer("browse", source === "upload" ? undefined : { query: { path: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "" } });
  const { act, isBusy, error } = useAct();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void act(async () => {
      const from: BodyOf<"importDataSet">["from"] = source === "upload" ? { kind: "upload", upload: await uploadFile(file!, setShare) } : source === "pacs" ? { kind: "pacs", ...pacs } : { kind: source, path };
      navigate(`/datasets/${(await server.call("importDataSet", { body: { name, from } })).id}`);
    });
  };
  const base = path.includes("/") ? `${path.slice(0, path.lastIndexOf("/"))}/` : "";
  return (
    <section className="card">
      <h2>{t("data.import")}</h2>
      <form onSubmit={submit}>
        <TextField label={t("shell.name")} required maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
        <SelectField label={t("data.source")} value={source} options={sources.map((value) => ({ value, text: t(`source.${value}`) }))} onPick={(value) => setSource(value as Source)} />
        {source === "upload" && <TextField label={t("data.file")} type="file" required accept=".csv,.zip" onChange={(event) => setFile(event.target.files?.[0])} hint={share === undefined ? undefined : t("data.uploaded", { share: percent(share, 0) })} />}
        {source === "pacs" && (
          <>
            {folder.data?.pacs.length === 0 && <Notice kind="warn">{t("data.noPacs")}</Notice>}
            <SelectField label={t("data.server")} required value={pacs.server} options={[{ value: "", text: t("shell.choose") }, ...(folder.data?.pacs ?? []).map((value) => ({ value, text: value }))]} onPick={(server) => setPacs({ ...pacs, server })} />
            <TextField label={t("data.studyUid")} required maxLength={70} value={pacs.study} onChange={(event) => setPacs({ ...pacs, study: event.target.value })} />
            <TextField label={t("data.label")} required maxLength={200} value={pacs.label} onChange={(event) => setPacs({ ...pacs, label: event.target.value })} />
          </>
        )}
        {source !== "upload" && source !== "pacs" && (
          <>
            <TextField label={t("data.path")} required maxLength={1000} list="server-paths" value={path} onChange={(event) => setPath(event.target.value)} />
            <datalist id="server-paths">{(folder.data?.items ?? []).map((item) => <option key={item.name} value={`${base}${item.name}`} />)}</datalist>
          </>
        )}
        {error && <Failure error={error} />}
        <button className="main" type="submit" disabled={isBusy}>{t("data.import")}</button>
      </form>
    </section>
  );
}

export function DataSetsPage(): ReactNode {
  const { t, number, day, list } = useSpeech();
  const isMaker = useIsMaker();
  return (
    <>
      <div className="head"><h1>{t("data.title")}</h1></div>
      <Paged name="dataSets" call={{ query: {} }}>
        {(sets) => (sets.length === 0 ? <p className="card">{t("data.empty")}</p> : (
          <div className="card scroll">
            <table>
              <thead><tr><th>{t("shell.name")}</th><th>{t("shell.state")}</th><th>{t("data.source")}</th><th className="number">{t("data.cases")}</th><th className="number">{t("data.patients")}</th><th>{t("studies.labels")}</th><th className="number">{t("data.changed")}</th><th>{t("shell.date")}</th></tr></thead>
              <tbody>
                {sets.map((set) => (
                  <tr key={set.id}>
                    <th scope="row"><Link to={`/datasets/${set.id}`}>{set.name}</Link></th>
                    <td><span className={`chip ${set.state}`}>{t(`data.state.${set.state}`)}</span></td>
                    <td>{t(`source.${set.source}`)}</td>
                    <td className="number">{number(set.cases)}</td>
                    <td className="number">{set.patients === undefined ? "–" : number(set.patients)}</td>
                    <td>{list(set.labels)}</td>
                    <td className="number">{number(set.changedLabels)}</td>
                    <td>{day(set.createdAt)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </Paged>
      {isMaker && <Import />}
    </>
  );
}
