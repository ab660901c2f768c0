import type { ReactNode } from "react";
import { Paged } from "../../parts/paged.js";
import { Link } from "../../shell/router.js";
import { useSpeech } from "../../shell/speech.js";

export function ReadingsPage(): ReactNode {
  const { t, number, day } = useSpeech();
  return (
    <>
      <div className="head"><h1>{t("reading.title")}</h1><Link className="button main" to="/readings/new">{t("reading.new")}</Link></div>
      <Paged name="readings" call={{ query: {} }}>
        {(readings) => (readings.length === 0 ? <p className="card">{t("reading.empty")}</p> : (
          <div className="card scroll">
            <table>
              <thead><tr><th>{t("design.title")}</th><th>{t("shell.state")}</th><th className="number">{t("studies.cases")}</th><th className="number">{t("reading.readers")}</th><th className="number">{t("reading.sessions")}</th><th>{t("reading.done")}</th><th>{t("shell.date")}</th></tr></thead>
              <tbody>
                {readings.map((reading) => (
                  <tr key={reading.id}>
                    <th scope="row"><Link to={`/readings/${reading.id}`}>{reading.title}</Link></th>
                    <td><span className={`chip ${reading.state}`}>{t(`reading.state.${reading.state}`)}</span></td>
                    <td className="number">{number(reading.cases)}</td>
                    <td className="number">{number(reading.readers)}</td>
                    <td className="number">{number(reading.sessions)}</td>
                    <td>{t("shell.ofTotal", { shown: number(reading.done), total: number(reading.total) })}</td>
                    <td>{day(reading.createdAt)}</td>
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
