import { useEffect, useState, type ReactNode } from "react";
import { executors, type ResponseOf } from "../../../server/contract.js";
import { Check, SelectField } from "../../parts/fields.js";
import { Failure, Notice } from "../../parts/states.js";
import { navigate } from "../../shell/router.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { RecipeEditor } from "./recipe-editor.js";

export function NewStudyPage(): ReactNode {
  const { t, number, list } = useSpeech();
  const recipes = useAnswer("recipes", {});
  const sets = useAnswer("dataSets", { query: { limit: 500 } });
  const [recipe, setRecipe] = useState("");
  const [dataset, setDataset] = useState("");
  const [acceptLeaks, setAcceptLeaks] = useState(false);
  const [skipBad, setSkipBad] = useState(false);
  const [executor, setExecutor] = useState<(typeof executors)[number]>("local");
  const [checked, setChecked] = useState<ResponseOf<"checkRecipe">>();
  const workers = useAnswer("workers", executor === "queue" ? {} : undefined);
  const { act, isBusy, error } = useAct();
  const ready = (sets.data?.items ?? []).filter(({ state }) => state === "ready");
  useEffect(() => {
    if (recipe === "" && recipes.data?.[0]) setRecipe(recipes.data[0].text);
  }, [recipes.data, recipe]);
  useEffect(() => {
    if (recipe.trim() === "") return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => void server.call("checkRecipe", { body: { recipe }, signal: controller.signal }).then(setChecked, () => undefined), 350);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [recipe]);
  const chosenSet = dataset !== "" ? dataset : (ready[0]?.id ?? "");
  const start = (): void => void act(async () => navigate(`/studies/${(await server.call("startStudy", { body: { recipe, dataset: chosenSet, executor, ...(acceptLeaks && { acceptLeaks }), ...(skipBad && { skipBad }) } })).id}`));
  const isValid = checked !== undefined && checked.issues.length === 0;
  return (
    <>
      <div className="head"><h1>{t("studies.new")}</h1></div>
      {recipes.error && <Failure error={recipes.error} />}
      <div className="workplace">
        <section className="card">
          <RecipeEditor text={recipe} onChange={setRecipe} issues={checked?.issues ?? []} />
        </section>
        <div className="card">
          <SelectField label={t("new.from")} value={recipes.data?.find(({ text }) => text === recipe)?.name ?? ""} options={[{ value: "", text: t("shell.choose") }, ...(recipes.data ?? []).map(({ name, title }) => ({ value: name, text: title }))]} onPick={(name) => setRecipe(recipes.data!.find((one) => one.name === name)?.text ?? recipe)} />
          <SelectField label={t("new.dataset")} value={chosenSet} options={ready.map(({ id, name, cases }) => ({ value: id, text: `${name} (${number(cases)})` }))} onPick={setDataset} />
          <SelectField label={t("new.executor")} value={executor} options={executors.map((value) => ({ value, text: t(`executor.${value}`) }))} onPick={(value) => setExecutor(value as typeof executor)} />
          {sets.data && ready.length === 0 && <Notice kind="warn">{t("new.noData")}</Notice>}
          {workers.data && (workers.data.length === 0 ? <Notice kind="warn">{t("new.noWorkers")}</Notice> : <p className="quiet">{t("server.workers")}: {list(workers.data.map(({ host, state }) => `${host} (${state})`))}</p>)}
          <Check label={t("new.acceptLeaks")} checked={acceptLeaks} onToggle={setAcceptLeaks} />
          <Check label={t("new.skipBad")} checked={skipBad} onToggle={setSkipBad} />
          {checked && !isValid && <Notice kind="warn">{t("new.issues", { count: number(checked.issues.length) })}</Notice>}
          {isValid && <Notice kind="good">{t("new.valid", { tasks: number(checked.tasks ?? checked.cells.length) })}</Notice>}
          {error && <Failure error={error} />}
          <button type="button" className="main" disabled={!isValid || chosenSet === "" || isBusy} onClick={start}>{t("new.start")}</button>
        </div>
      </div>
    </>
  );
}
