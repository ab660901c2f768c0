import { verifyChain } from "../audit/chain.js";
import type { auditRoutes } from "../contract/audit.js";
import type { Handlers } from "../http/call.js";
import { openApiPage } from "../http/open-api.js";
import { readPage } from "../http/paging.js";

export const auditHandlers: Handlers<keyof typeof auditRoutes> = {
  auditLog: async ({ query: { limit, cursor, actor, action, subject, from, to } }, { store }) => {
    let list = store.db.selectFrom("audit").selectAll();
    if (actor !== undefined) list = list.where("actor_id", "=", actor);
    if (action !== undefined) list = list.where("action", "=", action);
    if (subject !== undefined) list = list.where("subject", "=", subject);
    if (from !== undefined) list = list.where("at", ">=", from);
    if (to !== undefined) list = list.where("at", "<", to);
    const { rows, ...page } = await readPage(list, { limit, cursor, by: ["sequence"], direction: "desc" });
    return {
      ...page,
      items: rows.map((row) => ({ sequence: row.sequence, at: row.at, actor: { id: row.actor_id, name: row.actor_name }, action: row.action, subject: row.subject, outcome: row.outcome as "done" | "refused", details: JSON.parse(row.details) as Record<string, unknown>, hash: row.hash })),
    };
  },
  verifyAudit: async (_call, { store }) => store.snapshot((db) => verifyChain(db)),
  health: async () => ({ status: "ok" as const }),
  openApi: async (_call, { version }) => openApiPage(version),
};
