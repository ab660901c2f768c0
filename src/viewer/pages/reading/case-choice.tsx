import { useState, type ReactNode } from "react";
import type { BodyOf } from "../../../server/contract.js";
import { SelectField, TextField } from "../../parts/fields.js";
import { server } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";

type Cases = BodyOf<"makeReading">["cases"];

/** How the cases of a reading are chosen: a number that is drawn, some by name, or those that an earlier design named. */
export type CaseChoice = { readonly kind: "draw"; readonly count: number } | { readonly kind: "named"; readonly names: string } | { readonly kind: "kept"; readonly keys: readonly string[] };

export function choiceOf(cases: Cases): CaseChoice {
  return Array.isArray(cases) ? { kind: "kept", keys: cases } : { kind: "draw", count: cases.count };
}

/** Names that the study does not have. */
export class UnknownCases extends Error {
  constructor(readonly names: readonly string[]) {
    super(names.join(", "));
  }
}

/** Keys of cases by their names: every case of the cell is asked for, by parts. @throws UnknownCases */
async function keysOf(study: string, cell: string, names: readonly string[]): Promise<string[]> {
  const byName = new Map<string, string>();
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await server.call("cases", { params: { study }, query: { cell, limit: 500, ...(cursor !== undefined && { cursor }) } });
    for (const { name, key } of items) byName.set(name, key);
    if (next === undefined) break;
    cursor = next;
  }
  const missing = names.filter((name) => !byName.has(name));
  if (missing.length > 0) throw new UnknownCases(missing);
  return [...new Set(names.map((name) => byName.get(name)!))];
}

/** What the server takes. */
export async function casesOf(choice: CaseChoice, { study, cell, seed }: { readonly study: string; readonly cell: string; readonly seed: number }): Promise<Cases> {
  if (choice.kind === "draw") return { count: choice.count, seed };
  if (choice.kind === "kept") return [...choice.keys];
  return keysOf(study, cell, choice.names.split("\n").map((name) => name.trim()).filter((name) => name !== ""));
}

export function CaseChoiceField({ choice, onChoice }: { readonly choice: CaseChoice; readonly onChoice: (choice: CaseChoice) => void }): ReactNode {
  const { t, number } = useSpeech();
  const [first] = useState(choice);
  const kinds = [{ value: "draw", text: t("cases.draw") }, { value: "named", text: t("cases.named") }, ...(first.kind === "kept" ? [{ value: "kept", text: t("design.named", { cases: number(first.keys.length) }) }] : [])];
  const pick = (kind: string): void => onChoice(kind === "draw" ? { kind, count: 60 } : kind === "named" ? { kind, names: "" } : first);
  return (
    <>
      <SelectField label={t("design.casesFrom")} value={choice.kind} options={kinds} onPick={pick} />
      {choice.kind === "draw" && <TextField label={t("design.cases")} name="cases" type="number" min={1} max={5000} required value={Number.isNaN(choice.count) ? "" : choice.count} onChange={(event) => onChoice({ kind: "draw", count: event.target.valueAsNumber })} />}
      {choice.kind === "named" && <div className="field"><label htmlFor="case-names">{t("design.names")}</label><textarea id="case-names" rows={6} required value={choice.names} onChange={(event) => onChoice({ kind: "named", names: event.target.value })} /></div>}
    </>
  );
}
