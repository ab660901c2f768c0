import { useState, type FormEvent, type ReactNode } from "react";
import { conditions, type BodyOf, type ReadingStudy } from "../../../server/contract.js";
import { Check, SelectField, TextField } from "../../parts/fields.js";
import { Failure, Notice, Shown } from "../../parts/states.js";
import { navigate, usePart, useQuery } from "../../shell/router.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { CaseChoiceField, casesOf, choiceOf, UnknownCases, type CaseChoice } from "./case-choice.js";

type Design = Required<Omit<BodyOf<"makeReading">, "cases" | "secondsPerCase" | "readers">>;

const blank: Design = { title: "", study: "", cell: "", conditions: ["alone", "network"], order: "crossed", washOutDays: 28, choice: "forced", practice: 4, confidence: true, marks: false, instructions: "", seed: 1 };
const toggled = <T,>(list: readonly T[], item: T, isOn: boolean): T[] => (isOn ? [...list, item] : list.filter((other) => other !== item));
/** A number field that is empty holds NaN, which no field shows. */
const shown = (value: number): number | string => (Number.isNaN(value) ? "" : value);

/** Designs a reader study: cases, readers, conditions and their order; or changes a design that is not open yet. */
function Designer({ reading }: { readonly reading?: ReadingStudy }): ReactNode {
  const { t, list } = useSpeech();
  const [query] = useQuery();
  const studies = useAnswer("studies", { query: { limit: 500, state: "finished" } });
  const people = useAnswer("readerNames", {});
  const [design, setDesign] = useState<Design>(() => ({ ...blank, study: query.get("study") ?? "", ...reading?.design }));
  const [cases, setCases] = useState<CaseChoice>(() => (reading ? choiceOf(reading.design.cases) : { kind: "draw", count: 60 }));
  const [readers, setReaders] = useState<readonly string[] | undefined>(reading?.design.readers);
  const [seconds, setSeconds] = useState(String(reading?.design.secondsPerCase ?? ""));
  const set = (change: Partial<Design>): void => setDesign({ ...design, ...change });
  const study = design.study !== "" ? design.study : (studies.data?.items[0]?.id ?? "");
  const about = useAnswer("study", study === "" ? undefined : { params: { study } });
  const cells = about.data?.table.map(({ id }) => id) ?? [];
  const cell = cells.includes(design.cell) ? design.cell : (cells[0] ?? "");
  const { act, isBusy, error } = useAct();
  const submit = (event: FormEvent, chosen: readonly string[]): void => {
    event.preventDefault();
    void act(async () => {
      const named = await casesOf(cases, { study, cell, seed: design.seed }).catch((failure: unknown) => {
        throw failure instanceof UnknownCases ? new Error(t("design.unknownNames", { names: list(failure.names) })) : failure;
      });
      const { secondsPerCase: _, ...rest } = design as Design & { secondsPerCase?: number };
      const body = { ...rest, study, cell, cases: named, readers: [...chosen], ...(seconds !== "" && { secondsPerCase: Number(seconds) }) };
      const saved = reading ? await server.call("changeReading", { params: { reading: reading.id }, body }) : await server.call("makeReading", { body });
      navigate(`/readings/${saved.id}`);
    });
  };
  return (
    <>
      <div className="head"><h1>{t(reading ? "design.change" : "reading.new")}</h1></div>
      <Shown answer={people}>
        {(all) => {
          const active = all.filter(({ state }) => state !== "disabled");
          const chosen = readers ?? active.map(({ id }) => id);
          const isWhole = chosen.length > 0 && cell !== "" && design.conditions.length > 0;
          return (
            <form className="grid2" onSubmit={(event) => submit(event, chosen)}>
              <section className="card">
                <TextField label={t("design.title")} name="title" required maxLength={200} value={design.title} onChange={(event) => set({ title: event.target.value })} />
                <SelectField label={t("design.study")} value={study} options={(studies.data?.items ?? []).map(({ id, title }) => ({ value: id, text: title }))} onPick={(value) => set({ study: value })} />
                <SelectField label={t("design.cell")} value={cell} options={cells.map((value) => ({ value, text: value }))} onPick={(value) => set({ cell: value })} />
                <CaseChoiceField choice={cases} onChoice={setCases} />
                <TextField label={t("design.practice")} name="practice" type="number" min={0} max={50} required value={shown(design.practice)} onChange={(event) => set({ practice: event.target.valueAsNumber })} />
                <TextField label={t("design.seed")} type="number" min={0} required value={shown(design.seed)} onChange={(event) => set({ seed: event.target.valueAsNumber })} />
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
                <TextField label={t("design.washOut")} name="washOut" type="number" min={0} max={365} required value={shown(design.washOutDays)} onChange={(event) => set({ washOutDays: event.target.valueAsNumber })} />
                <SelectField label={t("design.choice")} value={design.choice} options={(["forced", "free"] as const).map((value) => ({ value, text: t(`choice.${value}`) }))} onPick={(choice) => set({ choice: choice as "forced" })} />
                <TextField label={t("design.seconds")} type="number" min={3} max={3600} value={seconds} onChange={(event) => setSeconds(event.target.value)} />
                <Check label={t("design.confidence")} checked={design.confidence} onToggle={(confidence) => set({ confidence })} />
                <Check label={t("design.marks")} checked={design.marks} onToggle={(marks) => set({ marks })} />
                <div className="field"><label htmlFor="instructions">{t("design.instructions")}</label><textarea id="instructions" rows={5} maxLength={5000} value={design.instructions} onChange={(event) => set({ instructions: event.target.value })} /></div>
                {error && <Failure error={error} />}
                {!isWhole && active.length > 0 && <p className="quiet"><small>{t("design.fewReaders")}</small></p>}
                <button className="main" type="submit" disabled={isBusy || !isWhole}>{t("design.make")}</button>
              </section>
            </form>
          );
        }}
      </Shown>
    </>
  );
}

export function DesignPage(): ReactNode {
  return <Designer />;
}

export function ChangeDesignPage(): ReactNode {
  const answer = useAnswer("reading", { params: { reading: usePart(1) } });
  return <Shown answer={answer}>{(reading) => <Designer key={reading.version} reading={reading} />}</Shown>;
}
