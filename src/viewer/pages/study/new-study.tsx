import { useEffect, useState, type ReactNode } from "react";
import { executors, type ResponseOf } from "../../../server/contract.js";
import { SelectField } from "../../parts/fields.js";
import { Failure, Notice } from "../../parts/states.js";
import { navigate } from "../../shell/router.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { RecipeEditor } from "./recipe-editor.js";

export function NewStudyPage(): ReactNode {
  const { t, number } = useSpeech();
  const recipes = useAnswer("recipes", {});
  const sets = useAnswer("dataSets", { query: { limit: 500 } });
  const [recipe, setRecipe] = useState("");
  const [dataset, setDataset] = useState("");
  const [executor, setExecutor] = useState<(typeof executors)[number]>("local");
  const [checked, setChecked] = useState<ResponseOf<"checkRecipe">>();
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
  const start = (): void => void act(async () => navigate(`/studies/${(await server.call("startStudy", { body: { recipe, dataset: chosenSet, executor } })).id}`));
  const isValid = checked !== undefined && checked.issues.length === 0;
  return (
    <>
      <h1>{t("studies.new")}</h1>
      <p />
      {recipes.error && <Failure error={recipes.error} />}
      <div className="workplace">
        <section className="card">
          <RecipeEditor text={recipe} onChange={setRecipe} issues={checked?.issues ?? []} />
        </section>
        <div className="card">
          <SelectField label={t("new.from")} defaultValue="" options={[{ value: "", text: "–" }, ...(recipes.data ?? []).map(({ name, title }) => ({ value: name, text: title }))]} onPick={(name) => setRecipe(recipes.data!.find((one) => one.name === name)?.text ?? recipe)} />
          <SelectField label={t("new.dataset")} value={chosenSet} options={ready.map(({ id, name, cases }) => ({ value: id, text: `${name} (${number(cases)})` }))} onPick={setDataset} />
          <SelectField label={t("new.executor")} value={executor} options={executors.map((value) => ({ value, text: t(`executor.${value}`) }))} onPick={(value) => setExecutor(value as typeof executor)} />
          {isValid && <Notice kind="good">{t("new.valid", { tasks: number(checked.tasks ?? checked.cells.length) })}</Notice>}
          {error && <Failure error={error} />}
          <button type="button" className="main" disabled={!isValid || chosenSet === "" || isBusy} onClick={start}>{t("new.start")}</button>
        </div>
      </div>
    </>
  );
}
