import type { Selectable } from "kysely";
import type { z } from "zod";
import type { dataAuditSchema } from "../contract/data-sets.js";
import { askWorker } from "../ask-worker.js";
import { problemOf } from "../http/refusal.js";
import { now } from "../ids.js";
import type { DataSetTable } from "../store/tables.js";
import { sayShortcuts } from "../studies/say-shortcuts.js";
import type { Workbench } from "../workbench.js";
import { dataPathOf } from "./table-of.js";

type Audit = z.infer<typeof dataAuditSchema>;
type Row = Selectable<DataSetTable>;

export function sayAudit({ audit_state: state, audit }: Pick<Row, "audit_state" | "audit">): Audit {
  return { ...(audit === null ? {} : (JSON.parse(audit) as Partial<Audit>)), state: state as Audit["state"] };
}

/** Searches a data set for shortcuts and leaks, beside other work; the page asks again for what was found. */
export async function auditDataSet(bench: Workbench, row: Row): Promise<Audit> {
  if (row.audit_state === "running") return sayAudit(row);
  const { store } = bench;
  const set = (state: Audit["state"], audit?: Partial<Audit>): Promise<unknown> => store.write(({ tx }) => tx.updateTable("datasets").set({ audit_state: state, ...(audit && { audit: JSON.stringify(audit) }) }).where("id", "=", row.id).execute());
  await set("running");
  bench.jobs.add(
    "audit",
    async (signal) => {
      const found = await askWorker<{ leaks: Audit["leaks"]; shortcuts: Parameters<typeof sayShortcuts>[0] }>(new URL("./audit-worker.js", import.meta.url), { source: await dataPathOf(bench, row.id) }, signal);
      await set("done", { at: now(), leaks: found.leaks, shortcuts: await sayShortcuts(found.shortcuts) });
    },
    async (error) => {
      const { detail, title } = problemOf(error);
      await set("failed", { at: now(), problem: detail ?? title });
    },
  );
  return { state: "running" };
}
