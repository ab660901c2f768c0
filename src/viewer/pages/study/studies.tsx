import { useState, type ReactNode } from "react";
import { Figure } from "../../parts/figure.js";
import { TextField } from "../../parts/fields.js";
import { Paged } from "../../parts/paged.js";
import { Link } from "../../shell/router.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";

export function StudiesPage(): ReactNode {
  const { t, number, percent, day, list } = useSpeech();
  const isMaker = useIsMaker();
  const [search, setSearch] = useState("");
  return (
    <>
      <div className="head">
        <h1>{t("studies.title")}</h1>
        <div className="row">
          <TextField label={t("shell.search")} type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
          {isMaker && <Link className="button main" to="/studies/new">{t("studies.new")}</Link>}
        </div>
      </div>
      <Paged name="studies" call={{ query: { ...(search !== "" && { search }) } }}>
        {(studies) => (studies.length === 0 ? <p className="card">{t("studies.empty")}</p> : (
          <div className="card scroll">
            <table>
              <thead><tr><th>{t("shell.name")}</th><th>{t("shell.state")}</th><th>{t("studies.labels")}</th><th className="number">{t("studies.cases")}</th><th className="number">{t("studies.cells")}</th><th>{t("studies.best")}</th><th>{t("shell.date")}</th></tr></thead>
              <tbody>
                {studies.map((study) => (
                  <tr key={study.id}>
                    <th scope="row"><Link to={`/studies/${study.id}`}>{study.title}</Link><br /><small className="quiet">{study.name}</small></th>
                    <td><span className={`chip ${study.state}`}>{t(`state.${study.state}`)}</span>{study.progress && study.state === "running" && <small className="quiet"> {percent(study.progress.share, 0)}</small>}</td>
                    <td>{list(study.labels)}</td>
                    <td className="number">{number(study.cases)}</td>
                    <td className="number">{number(study.cells)}</td>
                    <td>{study.best ? <><Figure value={study.best.accuracy} /><small className="quiet"> {study.best.cell}</small></> : "–"}</td>
                    <td className="when">{day(study.finishedAt ?? study.createdAt)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </Paged>
    </>
  );
}
