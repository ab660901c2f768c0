import { useState, type ReactNode } from "react";
import type { CaseDetail } from "../../../server/contract.js";
import { SelectField } from "../../parts/fields.js";
import { useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import type { Panel } from "./panel.js";

export const mostPanels = 6;

/** Which networks and methods stand side by side. */
export function PanelChooser({ detail, panels, onPanels }: { readonly detail: CaseDetail; readonly panels: readonly Panel[]; readonly onPanels: (panels: readonly Panel[]) => void }): ReactNode {
  const { t } = useSpeech();
  const methods = useAnswer("methods", {});
  const [next, setNext] = useState<Panel>();
  const cells = detail.predictions.map(({ cell }) => cell);
  const options = [{ value: "none", text: t("case.imageOnly") }, ...(methods.data ?? []).map(({ name, title }) => ({ value: name === detail.method ? "" : name, text: title }))];
  const first = panels[0] ?? { cell: cells[0] ?? "", method: "" };
  // What one wants beside the first film: the next network with the same method.
  const chosen = next ?? { cell: cells.find((cell) => !panels.some((panel) => panel.cell === cell)) ?? first.cell, method: "" };
  return (
    <section className="card">
      <h2>{t("case.panels")}</h2>
      <SelectField label={t("case.method")} value={first.method} options={options} onPick={(method) => onPanels([{ ...first, method }, ...panels.slice(1)])} />
      <SelectField label={t("case.nextNetwork")} value={chosen.cell} options={cells.map((cell) => ({ value: cell, text: cell }))} onPick={(cell) => setNext({ ...chosen, cell })} />
      <SelectField label={t("case.nextMethod")} value={chosen.method} options={options} onPick={(method) => setNext({ ...chosen, method })} />
      <button type="button" disabled={panels.length >= mostPanels} onClick={() => { onPanels([...panels, chosen]); setNext(undefined); }}>{t("case.addPanel")}</button>
    </section>
  );
}
