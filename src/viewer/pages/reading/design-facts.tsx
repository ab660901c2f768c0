import type { ReactNode } from "react";
import type { ReadingStudy } from "../../../server/contract.js";
import { useSpeech } from "../../shell/speech.js";

/** What a design says, in words. */
export function DesignFacts({ reading, readerNames }: { readonly reading: ReadingStudy; readonly readerNames: readonly string[] }): ReactNode {
  const { t, number, list } = useSpeech();
  const { design } = reading;
  const facts: readonly (readonly [name: string, value: string])[] = [
    [t("design.cell"), reading.cell],
    [t("design.casesFrom"), `${number(reading.cases)} (${list(reading.labels)})`],
    [t("design.practice"), number(design.practice)],
    [t("design.readers"), readerNames.length > 0 ? list(readerNames) : number(reading.readers)],
    [t("design.conditions"), list(design.conditions.map((condition) => t(`condition.${condition}`)))],
    [t("design.order"), t(`order.${design.order}`)],
    [t("design.washOut"), number(design.washOutDays)],
    [t("design.choice"), t(`choice.${design.choice}`)],
    ...(design.secondsPerCase === undefined ? [] : [[t("design.seconds"), number(design.secondsPerCase)] as const]),
    [t("design.confidence"), t(design.confidence ? "design.yes" : "design.no")],
    [t("design.marks"), t(design.marks ? "design.yes" : "design.no")],
    [t("design.seed"), String(design.seed)],
    ...(design.instructions === "" ? [] : [[t("design.instructions"), design.instructions] as const]),
  ];
  return <dl className="facts">{facts.map(([name, value]) => <div key={name} className="fact"><dt>{name}</dt><dd className="instructions">{value}</dd></div>)}</dl>;
}
