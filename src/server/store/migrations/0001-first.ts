import { sql, type Kysely } from "kysely";

type Column = readonly [name: string, type: "text" | "bigint" | "double precision", ...rules: ("null" | "key" | "unique")[]];

/** The first schema. Rows of runs (`studies` to `predictions`) can be read from their folders again; all others cannot. */
const tables: Readonly<Record<string, { readonly columns: readonly Column[]; readonly key?: readonly string[]; readonly indices?: readonly (readonly string[])[] }>> = {
  facts: { columns: [["name", "text", "key"], ["value", "text"]] },
  users: {
    columns: [["id", "text", "key"], ["name", "text"], ["name_key", "text", "unique"], ["role", "text"], ["reader_group", "text", "null"], ["state", "text"], ["password_hash", "text", "null"], ["settings", "text"], ["created_at", "text"], ["last_seen_at", "text", "null"], ["failures", "bigint"], ["locked_until", "text", "null"], ["openid_subject", "text", "null", "unique"]],
  },
  sessions: { columns: [["id", "text", "key"], ["token_hash", "text", "unique"], ["user_id", "text"], ["csrf", "text"], ["created_at", "text"], ["last_seen_at", "text"], ["expires_at", "text"], ["client", "text"]], indices: [["user_id"]] },
  tokens: { columns: [["id", "text", "key"], ["token_hash", "text", "unique"], ["user_id", "text"], ["name", "text"], ["scopes", "text"], ["created_at", "text"], ["expires_at", "text", "null"], ["last_used_at", "text", "null"]], indices: [["user_id"]] },
  passkeys: { columns: [["id", "text", "key"], ["user_id", "text"], ["name", "text"], ["credential_id", "text", "unique"], ["public_key", "text"], ["counter", "bigint"], ["transports", "text"], ["created_at", "text"], ["last_used_at", "text", "null"]], indices: [["user_id"]] },
  links: { columns: [["token_hash", "text", "key"], ["user_id", "text", "null"], ["kind", "text"], ["role", "text"], ["expires_at", "text"], ["used_at", "text", "null"]] },
  audit: { columns: [["sequence", "bigint", "key"], ["at", "text"], ["actor_id", "text"], ["actor_name", "text"], ["action", "text"], ["subject", "text"], ["outcome", "text"], ["details", "text"], ["hash", "text"]], indices: [["actor_id", "sequence"], ["action", "sequence"], ["subject", "sequence"]] },
  studies: { columns: [["id", "text", "key"], ["folder", "text", "unique"], ["name", "text"], ["title", "text"], ["state", "text"], ["problem", "text", "null"], ["summary", "text"], ["stamp", "text"], ["dataset_id", "text", "null"], ["request", "text", "null"], ["created_at", "text"], ["finished_at", "text", "null"], ["removed", "bigint"]], indices: [["created_at", "id"]] },
  study_cases: { columns: [["study_id", "text"], ["key", "text"], ["name", "text"], ["label", "text"], ["patient", "text", "null"], ["image_sha256", "text", "null"]], key: ["study_id", "key"], indices: [["study_id", "name"]] },
  predictions: {
    columns: [["study_id", "text"], ["cell", "text"], ["seed", "bigint"], ["fold", "bigint"], ["case_key", "text"], ["name", "text"], ["label", "text"], ["predicted", "text"], ["correct", "bigint"], ["confidence", "double precision"], ["relevance", "double precision", "null"], ["region_share", "double precision", "null"], ["set_size", "bigint", "null"], ["elsewhere", "bigint"], ["uncertain", "bigint"], ["probabilities", "text"]],
    key: ["study_id", "cell", "seed", "case_key"],
    // What filters ask stands in the index that orders: of a hundred thousand cases, those passed over are not fetched.
    indices: [...["name", "confidence", "relevance"].map((order) => ["study_id", "cell", "seed", order, "case_key", "correct", "elsewhere", "uncertain", "label", "predicted"]), ["study_id", "case_key"]],
  },
  datasets: { columns: [["id", "text", "key"], ["name", "text"], ["source", "text"], ["state", "text"], ["problem", "text", "null"], ["path", "text"], ["facts", "text"], ["sha256", "text"], ["created_at", "text"], ["audit_state", "text"], ["audit", "text", "null"], ["removed", "bigint"]] },
  data_cases: {
    columns: [["dataset_id", "text"], ["key", "text"], ["name", "text"], ["label", "text"], ["imported_label", "text"], ["patient", "text", "null"], ["file", "text"], ["fields", "text"], ["boxes", "text", "null"], ["polygons", "text", "null"], ["version", "bigint"]],
    key: ["dataset_id", "key"],
    indices: [["dataset_id", "name", "key"], ["dataset_id", "label", "name", "key"], ["dataset_id", "patient", "name", "key"]],
  },
  label_changes: { columns: [["id", "text", "key"], ["dataset_id", "text"], ["case_key", "text"], ["at", "text"], ["by_id", "text"], ["by_name", "text"], ["from_label", "text"], ["to_label", "text"], ["reason", "text"]], indices: [["dataset_id", "case_key"]] },
  uploads: { columns: [["id", "text", "key"], ["user_id", "text"], ["name", "text"], ["size", "bigint"], ["state", "text"], ["sha256", "text", "null"], ["created_at", "text"]] },
  files: { columns: [["sha256", "text", "key"], ["bytes", "bigint"], ["created_at", "text"]] },
  models: { columns: [["id", "text", "key"], ["study_id", "text", "null"], ["cell", "text", "null"], ["seed", "bigint", "null"], ["fold", "bigint", "null"], ["name", "text"], ["path", "text"], ["sha256", "text"], ["bytes", "bigint"], ["architecture", "text"], ["labels", "text"], ["state", "text"], ["changed_at", "text"]], indices: [["study_id"], ["state"]] },
  model_changes: { columns: [["id", "text", "key"], ["model_id", "text"], ["at", "text"], ["by_name", "text"], ["state", "text"], ["note", "text"]], indices: [["model_id"]] },
  annotations: { columns: [["id", "text", "key"], ["study_id", "text"], ["case_key", "text"], ["author_id", "text"], ["author_name", "text"], ["title", "text"], ["note", "text"], ["shapes", "text"], ["created_at", "text"], ["changed_at", "text"], ["version", "bigint"], ["removed", "bigint"]], indices: [["study_id", "case_key"]] },
  readings: { columns: [["id", "text", "key"], ["title", "text"], ["study_id", "text"], ["cell", "text"], ["state", "text"], ["version", "bigint"], ["design", "text"], ["labels", "text"], ["cases", "bigint"], ["created_at", "text"], ["analysis", "text", "null"]] },
  assignments: { columns: [["id", "text", "key"], ["reading_id", "text"], ["reader_id", "text"], ["session", "bigint"], ["conditions", "text"], ["opens_at", "text", "null"], ["total", "bigint"], ["started_at", "text", "null"], ["done_at", "text", "null"]], indices: [["reader_id"], ["reading_id"]] },
  items: { columns: [["id", "text", "key"], ["assignment_id", "text"], ["reading_id", "text"], ["position", "bigint"], ["practice", "bigint"], ["condition", "text"], ["case_key", "text"], ["shown_at", "text", "null"]], indices: [["assignment_id", "position"]] },
  reads: { columns: [["item_id", "text", "key"], ["assignment_id", "text"], ["reading_id", "text"], ["reader_id", "text"], ["submission", "text", "unique"], ["label", "text", "null"], ["confidence", "double precision", "null"], ["seconds", "double precision"], ["marks", "text"], ["shown_at", "text", "null"], ["submitted_at", "text"], ["practice", "bigint"], ["condition", "text"], ["case_key", "text"]], indices: [["assignment_id"], ["reading_id"]] },
};

/** Tables whose rows are never changed nor taken away: the database itself refuses. */
const appendOnly = ["audit", "reads"];

async function refuseChanges(db: Kysely<unknown>, kind: "sqlite" | "postgres"): Promise<void> {
  if (kind === "postgres") await sql`create function osteon_append_only() returns trigger language plpgsql as $$ begin raise exception 'rows of % are never changed', tg_table_name; end $$`.execute(db);
  for (const table of appendOnly) {
    if (kind === "postgres") await sql`create trigger ${sql.ref(`${table}_append_only`)} before update or delete or truncate on ${sql.table(table)} for each statement execute function osteon_append_only()`.execute(db);
    else for (const change of ["update", "delete"]) await sql.raw(`create trigger ${table}_no_${change} before ${change} on ${table} begin select raise(abort, 'rows of ${table} are never changed'); end`).execute(db);
  }
}

export async function first(db: Kysely<unknown>, kind: "sqlite" | "postgres"): Promise<void> {
  for (const [name, { columns, key, indices = [] }] of Object.entries(tables)) {
    let table = db.schema.createTable(name);
    for (const [column, type, ...rules] of columns) {
      table = table.addColumn(column, type, (made) => {
        let rule = rules.includes("null") ? made : made.notNull();
        if (rules.includes("key")) rule = rule.primaryKey();
        if (rules.includes("unique")) rule = rule.unique();
        return rule;
      });
    }
    if (key !== undefined) table = table.addPrimaryKeyConstraint(`${name}_key`, [...key] as never[]);
    await table.execute();
    for (const index of indices) await db.schema.createIndex(`${name}_${index.slice(0, 5).join("_")}`).on(name).columns([...index]).execute();
  }
  await refuseChanges(db, kind);
}
