import { useState, type FormEvent, type ReactNode } from "react";
import { conditions, type BodyOf, type Condition } from "../../../server/contract.js";
import { Check, SelectField, TextField } from "../../parts/fields.js";
import { Failure, Notice, Shown } from "../../parts/states.js";
import { navigate, useQuery } from "../../shell/router.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";

type Design = BodyOf<"makeReading">;

const toggled = <T,>(list: readonly T[], item: T, isOn: boolean): T[] => (isOn ? [...list, item] : list.filter((other) => other !== item));

/** Designs a reader study: cases, readers, conditions and their order. */
export function DesignPage(): ReactNode {
  const { t } = useSpeech();
  const [query] = useQuery();
  const studies = useAnswer("studies", { query: { limit: 500, state: "finished" } });
  const people = useAnswer("readerNames", {});
  const [study, setStudy] = useState(query.get("study") ?? "");
  const [cell, setCell] = useState("");
  const [cases, setCases] = useState(60);
  const [seed, setSeed] = useState(1);
  const [readers, setReaders] = useState<readonly string[]>();
  const [seconds, setSeconds] = useState("");
  const [design, setDesign] = useState<Pick<Design, "title"> & { conditions: Condition[]; order: "crossed" | "split"; washOutDays: number; choice: "forced" | "free"; practice: number; confidence: boolean; marks: boolean; instructions: string }>({ title: "", conditions: ["alone", "network"], order: "crossed", washOutDays: 28, choice: "forced", practice: 4, confidence: true, marks: false, instructions: "" });
  const set = (change: Partial<typeof design>): void => setDesign({ ...design, ...change });
  const chosenStudy = study !== "" ? study : (studies.data?.items[0]?.id ?? "");
  const about = useAnswer("study", chosenStudy === "" ? undefined : { params: { study: chosenStudy } });
  const cells = about.data?.table.map(({ id }) => id) ?? [];
  const { act, isBusy, error } = useAct();
  const submit = (event: FormEvent, chosen: readonly string[]): void => {
    event.preventDefault();
    void act(async () => {
      const body: Design = { ...design, study: chosenStudy, cell: cell !== "" ? cell : cells[0]!, cases: { count: cases, seed }, readers: [...chosen], seed, ...(seconds !== "" && { secondsPerCase: Number(seconds) }) };
      navigate(`/readings/${(await server.call("makeReading", { body })).id}`);
    });
  };
  return (
    <>
      <h1>{t("reading.new")}</h1>
      <p />
      <Shown answer={people}>
        {(all) => {
          const active = all.filter(({ state }) => state !== "disabled");
          const chosen = readers ?? active.map(({ id }) => id);
          return (
            <form className="grid2" onSubmit={(event) => submit(event, chosen)}>
              <section className="card">
                <TextField label={t("design.title")} name="title" required maxLength={200} value={design.title} onChange={(event) => set({ title: event.target.value })} />
                <SelectField label={t("design.study")} value={chosenStudy} options={(studies.data?.items ?? []).map(({ id, title }) => ({ value: id, text: title }))} onPick={setStudy} />
                <SelectField label={t("design.cell")} value={cell !== "" ? cell : (cells[0] ?? "")} options={cells.map((value) => ({ value, text: value }))} onPick={setCell} />
                <TextField label={t("design.cases")} name="cases" type="number" min={1} max={5000} required value={cases} onChange={(event) => setCases(event.target.valueAsNumber)} />
                <TextField label={t("design.practice")} name="practice" type="number" min={0} max={50} required value={design.practice} onChange={(event) => set({ practice: event.target.valueAsNumber })} />
                <TextField label={t("design.seed")} type="number" min={0} required value={seed} onChange={(event) => setSeed(event.target.valueAsNumber)} />
                <fieldset>
                  <legend>{t("design.readers")}</legend>
                  {active.length === 0 && <Notice kind="warn">{t("design.noReaders")}</Notice>}
                  {active.map(({ id, name, group }) => <Check key={id} label={`${name}${group ? ` (${group})` : ""}`} checked={chosen.includes(id)} onToggle={(on) => setReaders(toggled(chosen, id, on))} />)}
                </fieldset>
              </section>
              <section className="card">
                <fieldset>
                  <legend>{t("design.conditions")}</legend>
                  {conditions.map((condition) => <Check key={condition} label={t(`condition.${condition}`)} checked={design.conditions.includes(condition)} onToggle={(on) => set({ conditions: conditions.filter((one) => (one === condition ? on : design.conditions.includes(one))) })} />)}
                </fieldset>
                <SelectField label={t("design.order")} value={design.order} options={(["crossed", "split"] as const).map((value) => ({ value, text: t(`order.${value}`) }))} onPick={(order) => set({ order: order as "crossed" })} />
                <TextField label={t("design.washOut")} name="washOut" type="number" min={0} max={365} required value={design.washOutDays} onChange={(event) => set({ washOutDays: event.target.valueAsNumber })} />
                <SelectField label={t("design.choice")} value={design.choice} options={(["forced", "free"] as const).map((value) => ({ value, text: t(`choice.${value}`) }))} onPick={(choice) => set({ choice: choice as "forced" })} />
                <TextField label={t("design.seconds")} type="number" min={3} max={3600} value={seconds} onChange={(event) => setSeconds(event.target.value)} />
                <Check label={t("design.confidence")} checked={design.confidence} onToggle={(confidence) => set({ confidence })} />
                <Check label={t("design.marks")} checked={design.marks} onToggle={(marks) => set({ marks })} />
                <div className="field"><label htmlFor="instructions">{t("design.instructions")}</label><textarea id="instructions" rows={5} maxLength={5000} value={design.instructions} onChange={(event) => set({ instructions: event.target.value })} /></div>
                {error && <Failure error={error} />}
                <button className="main" type="submit" disabled={isBusy || chosen.length === 0 || cells.length === 0 || design.conditions.length === 0}>{t("design.make")}</button>
              </section>
            </form>
          );
        }}
      </Shown>
    </>
  );
}
