import { csvText } from "../../base/index.js";
import type { Condition, ReadingDesign } from "../contract/reading.js";
import type { Store } from "../store/store.js";
import type { ReadingRow } from "./designs.js";

/** The condition that stands for help in the analysis: the one asked for, else the most help that the design has. */
export function aidedCondition({ conditions }: Pick<ReadingDesign, "conditions">, asked?: "network" | "heat-map"): Condition | undefined {
  return asked ?? (["heat-map", "network"] as const).find((condition) => conditions.includes(condition));
}

/**
 * Reads as the table that `osteon study readers` takes: reader, case, label, confidence, group, condition, seconds, session.
 * Practice is left out, and so are cases that a reader passed.
 */
export async function readsTable({ db }: Store, reading: ReadingRow, asked?: "network" | "heat-map"): Promise<string> {
  const aided = aidedCondition(JSON.parse(reading.design) as ReadingDesign, asked);
  const rows = await db
    .selectFrom("reads")
    .innerJoin("users", "users.id", "reads.reader_id")
    .innerJoin("assignments", "assignments.id", "reads.assignment_id")
    .innerJoin("items", "items.id", "reads.item_id")
    .innerJoin("study_cases", (join) => join.onRef("study_cases.key", "=", "reads.case_key").on("study_cases.study_id", "=", reading.study_id))
    .select(["users.name as reader", "users.reader_group", "study_cases.name as case", "reads.label", "reads.confidence", "reads.condition", "reads.seconds", "assignments.session", "items.position", "users.name_key"])
    .where("reads.reading_id", "=", reading.id)
    .where("reads.practice", "=", 0)
    .where("reads.label", "is not", null)
    .orderBy("users.name_key")
    .orderBy("assignments.session")
    .orderBy("items.position")
    .execute();
  const used = rows.filter(({ condition }) => condition === "alone" || condition === aided);
  return csvText([
    ["reader", "case", "label", "confidence", "group", "condition", "seconds", "session"],
    ...used.map((row) => [row.reader, row.case, row.label!, row.confidence ?? "", row.reader_group ?? "", row.condition === "alone" ? "alone" : "aided", row.seconds, row.session + 1]),
  ]);
}
