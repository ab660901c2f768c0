import { useState, type ReactNode } from "react";
import { auditActions, type AuditEntry, type ResponseOf } from "../../../server/contract.js";
import { SelectField } from "../../parts/fields.js";
import { Paged } from "../../parts/paged.js";
import { Failure, Notice } from "../../parts/states.js";
import { Link } from "../../shell/router.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { isWord } from "../../words/index.js";

function ServerCard(): ReactNode {
  const { t, bytes, moment, list } = useSpeech();
  const facts = useAnswer("serverFacts", {});
  const backups = useAnswer("backups", {});
  const { act, isBusy, error } = useAct();
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t("server.title")}</h2>
        <button type="button" disabled={isBusy} onClick={() => void act(() => server.call("makeBackup")).then(backups.again)}>{t("server.backup")}</button>
      </div>
      {facts.data && <p className="quiet">Osteon {facts.data.version} · {facts.data.database} · {moment(facts.data.startedAt)} · {list(facts.data.executors)}</p>}
      {error && <Failure error={error} />}
      <h3>{t("server.backups")}</h3>
      {backups.data?.length ? <ul className="plain">{backups.data.map(({ name, at, bytes: size }) => <li key={name}>{name} <span className="quiet">{moment(at)}, {bytes(size)}</span></li>)}</ul> : <p className="quiet">{t("shell.none")}</p>}
    </section>
  );
}

/** Where the page of an entry's subject is, if it has one. */
function placeOf({ action, subject }: AuditEntry): string | undefined {
  const [kind] = action.split(".");
  const [first, second, ...more] = subject.split("/");
  if (subject === "" || more.length > 0) return undefined;
  if (kind === "case" && second !== undefined) return `/studies/${first}/cases/${second}`;
  const rooms: Readonly<Record<string, string>> = { study: "studies", model: "models", dataset: "datasets" };
  return second === undefined && rooms[kind!] !== undefined ? `/${rooms[kind!]}/${first}` : undefined;
}

function Entry({ entry }: { readonly entry: AuditEntry }): ReactNode {
  const { t, instant, number } = useSpeech();
  const [word, place] = [`did.${entry.action}`, placeOf(entry)];
  return (
    <tr title={entry.hash}>
      <td className="number">{number(entry.sequence)}</td>
      <td className="when">{instant(entry.at)}</td>
      <td>{entry.actor.name}</td>
      <td>{isWord(word) ? t(word) : <code>{entry.action}</code>}</td>
      <td className="mono">{place === undefined ? entry.subject : <Link to={place}>{entry.subject}</Link>}</td>
      <td><span className={`chip ${entry.outcome}`}>{t(`audit.${entry.outcome}`)}</span></td>
    </tr>
  );
}

export function AuditPage(): ReactNode {
  const { t, number, language } = useSpeech();
  const [action, setAction] = useState("");
  const [checked, setChecked] = useState<ResponseOf<"verifyAudit">>();
  const { act, isBusy, error } = useAct();
  return (
    <>
      <div className="head">
        <h1>{t("audit.title")}</h1>
        <div className="row">
          <SelectField label={t("audit.what")} value={action} options={[{ value: "", text: t("shell.all") }, ...auditActions.map((value) => ({ value, text: t(`did.${value}`) })).toSorted((a, b) => a.text.localeCompare(b.text, language))]} onPick={setAction} />
          <button type="button" className="main" disabled={isBusy} onClick={() => void act(async () => setChecked(await server.call("verifyAudit")))}>{t("audit.verify")}</button>
        </div>
      </div>
      {error && <Failure error={error} />}
      {checked && <Notice kind={checked.intact ? "good" : "bad"}>{checked.intact ? t("audit.intact", { entries: number(checked.entries) }) : t("audit.broken", { problem: checked.problem ?? "" })}</Notice>}
      <Paged name="auditLog" call={{ query: { limit: 100, ...(action !== "" && { action }) } }}>
        {(entries) => (
          <div className="card scroll" tabIndex={0}>
            <table>
              <thead><tr><th className="number">#</th><th>{t("audit.when")}</th><th>{t("audit.who")}</th><th>{t("audit.what")}</th><th>{t("audit.subject")}</th><th>{t("audit.outcome")}</th></tr></thead>
              <tbody>
                {entries.map((entry) => <Entry key={entry.sequence} entry={entry} />)}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
      <ServerCard />
    </>
  );
}
