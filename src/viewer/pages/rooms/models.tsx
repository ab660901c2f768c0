import { useState, type ReactNode } from "react";
import { Figure } from "../../parts/figure.js";
import { SelectField } from "../../parts/fields.js";
import { Paged } from "../../parts/paged.js";
import { Link } from "../../shell/router.js";
import { useSpeech } from "../../shell/speech.js";

const states = ["kept", "deployed", "retired"] as const;

export function ModelsPage(): ReactNode {
  const { t, bytes, list } = useSpeech();
  const [state, setState] = useState("");
  return (
    <>
      <div className="head">
        <h1>{t("model.title")}</h1>
        <SelectField label={t("shell.state")} value={state} options={[{ value: "", text: t("shell.all") }, ...states.map((value) => ({ value, text: t(`model.${value}`) }))]} onPick={setState} />
      </div>
      <Paged name="models" call={{ query: { ...(state !== "" && { state: state as "kept" }) } }}>
        {(models) => (models.length === 0 ? <p className="card">{t("model.empty")}</p> : (
          <div className="card scroll">
            <table>
              <thead><tr><th>{t("shell.name")}</th><th>{t("shell.state")}</th><th>{t("study.network")}</th><th>{t("studies.labels")}</th><th>{t("model.accuracy")}</th><th className="number">{t("model.size")}</th></tr></thead>
              <tbody>
                {models.map((model) => (
                  <tr key={model.id}>
                    <th scope="row"><Link to={`/models/${model.id}`}>{model.name}</Link></th>
                    <td><span className={`chip ${model.state}`}>{t(`model.${model.state}`)}</span></td>
                    <td>{model.architecture}</td>
                    <td>{list(model.labels)}</td>
                    <td><Figure value={model.accuracy} /></td>
                    <td className="number">{bytes(model.bytes)}</td>
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
