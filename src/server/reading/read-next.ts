import type { Selectable, Transaction } from "kysely";
import { sql } from "kysely";
import type { Assignment, Condition, ReadBody, ReadingDesign, ReadingItem } from "../contract/reading.js";
import { notFound, refusal } from "../http/refusal.js";
import { now } from "../ids.js";
import type { Person } from "../people/person.js";
import type { Store } from "../store/store.js";
import type { AssignmentTable, ItemTable, ReadTable, Tables } from "../store/tables.js";
import { encodeMap, frameOn, placementOf, storedMap } from "../studies/heat-maps.js";
import type { PictureFacts } from "../studies/case-picture.js";
import type { Workbench } from "../workbench.js";
import type { ReadingRow } from "./designs.js";

type Db = Store["db"] | Transaction<Tables>;
type AssignmentRow = Selectable<AssignmentTable>;
type ItemRow = Selectable<ItemTable>;

/** A session with its reader study and how many of its cases are read: asked for together, as every request of a reader needs all. */
interface Sitting {
  readonly row: AssignmentRow;
  readonly reading: ReadingRow;
  readonly done: number;
}

const readingColumns = ["title", "study_id", "cell", "state", "version", "design", "labels", "cases", "created_at", "analysis"] as const;

/** Sessions of a reader, or the one asked for, or that of a case. */
async function findSittings(db: Db, { reader, assignment, item }: { readonly reader: string; readonly assignment?: string; readonly item?: string }): Promise<Sitting[]> {
  let found = db
    .selectFrom("assignments")
    .innerJoin("readings", "readings.id", "assignments.reading_id")
    .selectAll("assignments")
    .select(readingColumns.map((name) => `readings.${name} as reading_${name}` as const))
    .select((column) => column.selectFrom("reads").select(sql<number>`count(*)`.as("n")).whereRef("reads.assignment_id", "=", "assignments.id").as("done"))
    .where("assignments.reader_id", "=", reader);
  if (assignment !== undefined) found = found.where("assignments.id", "=", assignment);
  if (item !== undefined) found = found.where("assignments.id", "=", (column) => column.selectFrom("items").select("items.assignment_id").where("items.id", "=", item));
  const rows = await found.orderBy("readings.created_at").orderBy("assignments.session").execute();
  return rows.map((row) => {
    const reading = Object.fromEntries([["id", row.reading_id], ...readingColumns.map((name) => [name, row[`reading_${name}`]])]) as unknown as ReadingRow;
    return { row, reading, done: Number(row.done) };
  });
}

/** A session as its reader sees it: neither its conditions nor anything of others. */
function sayAssignment({ row, reading, done }: Sitting): Assignment {
  const design = JSON.parse(reading.design) as ReadingDesign;
  const state = row.done_at !== null ? "done" : reading.state !== "open" ? "closed" : row.opens_at === null || row.opens_at > now() ? "waiting" : "open";
  return { id: row.id, title: reading.title, session: row.session + 1, sessions: design.conditions.length, instructions: design.instructions, state, ...(row.opens_at !== null && { opensAt: row.opens_at }), done, total: row.total, practice: design.practice };
}

export async function ownAssignments({ db }: Pick<Store, "db">, person: Person): Promise<Assignment[]> {
  return (await findSittings(db, { reader: person.id })).map(sayAssignment);
}

async function ownSitting(db: Db, assignment: string, person: Person): Promise<Sitting> {
  const [sitting] = await findSittings(db, { reader: person.id, assignment });
  if (sitting === undefined) throw notFound("session");
  return sitting;
}

function refuseClosed({ row, reading }: Sitting): void {
  if (reading.state !== "open") throw refusal("reading-closed");
  if (row.opens_at === null || row.opens_at > now()) throw refusal("session-waiting");
}

/**
 * The first case of a session that is not submitted: there is no other that can be asked for. Cases are read in their order and
 * no read is taken back, so that it stands at the place that is their number.
 */
function currentItem(db: Db, { row, done }: Sitting): Promise<ItemRow | undefined> {
  return db.selectFrom("items").selectAll().where("assignment_id", "=", row.id).where("position", "=", done).executeTakeFirst();
}

interface Shown {
  readonly item: ItemRow;
  readonly reading: ReadingRow;
}

/** Shows a reader the next case; the time it was first shown is kept, whatever happens to the page. */
export async function showNext(bench: Workbench, assignment: string, person: Person): Promise<{ item?: ReadingItem; assignment: Assignment; key?: string }> {
  const { store } = bench;
  const sitting = await ownSitting(store.db, assignment, person);
  const { row, reading, done } = sitting;
  if (row.done_at !== null) return { assignment: sayAssignment(sitting) };
  refuseClosed(sitting);
  const item = await currentItem(store.db, sitting);
  if (item === undefined) return { assignment: sayAssignment(sitting) };
  const shownAt = item.shown_at ?? now();
  const shown = await sayItem(bench, { item: { ...item, shown_at: shownAt }, reading }, row, done);
  if (item.shown_at === null) {
    await store.write(async ({ tx, note }) => {
      await tx.updateTable("items").set({ shown_at: shownAt }).where("id", "=", item.id).where("shown_at", "is", null).execute();
      if (row.started_at === null) await tx.updateTable("assignments").set({ started_at: shownAt }).where("id", "=", row.id).execute();
      note({ actor: person, action: "reading.look", subject: item.id, details: { reading: reading.id, condition: item.condition } });
    });
  }
  return { item: shown, assignment: sayAssignment(sitting) };
}

/** Picture of an item's case. */
export async function pictureOfItem({ catalog, store, pictures }: Workbench, { item, reading }: Shown): Promise<{ readonly facts: PictureFacts; readonly imageSha256: string | null; readonly png: () => Promise<Uint8Array | undefined> }> {
  const [row, subject] = await Promise.all([catalog.row(reading.study_id), store.db.selectFrom("study_cases").selectAll().where("study_id", "=", reading.study_id).where("key", "=", item.case_key).executeTakeFirst()]);
  const results = await catalog.results(row);
  const facts = results && subject && (await pictures.facts(row, results, subject));
  if (facts === undefined) throw notFound("picture");
  return { facts, imageSha256: subject!.image_sha256, png: () => pictures.png(row, results!, subject!) };
}

async function sayItem(bench: Workbench, shown: Shown, assignment: AssignmentRow, done: number): Promise<ReadingItem> {
  const { item, reading } = shown;
  const design = JSON.parse(reading.design) as ReadingDesign;
  const condition = item.condition as Condition;
  const { facts, imageSha256 } = await pictureOfItem(bench, shown);
  return {
    id: item.id,
    assignment: assignment.id,
    position: done + 1,
    total: assignment.total,
    practice: item.practice === 1,
    condition,
    labels: JSON.parse(reading.labels) as string[],
    choice: design.choice,
    confidence: design.confidence,
    marks: design.marks,
    ...(design.secondsPerCase !== undefined && { secondsPerCase: design.secondsPerCase }),
    image: { width: facts.width, height: facts.height, ...(facts.spacingMm && { spacingMm: [...facts.spacingMm] as [number, number] }) },
    ...(condition !== "alone" && (await helpOf(bench, shown, { facts, imageSha256 }))),
    shownAt: item.shown_at!,
  };
}

/** What a reader with help is shown: the network's answer, and in its condition the map. Never called for a reader alone. */
async function helpOf({ store, catalog, files }: Workbench, { item, reading }: Shown, { facts, imageSha256 }: { readonly facts: PictureFacts; readonly imageSha256: string | null }): Promise<Pick<ReadingItem, "network" | "map">> {
  const prediction = await store.db.selectFrom("predictions").selectAll().where("study_id", "=", reading.study_id).where("cell", "=", reading.cell).where("case_key", "=", item.case_key).orderBy("seed").limit(1).executeTakeFirst();
  if (prediction === undefined) throw notFound("answer");
  const [probabilities] = JSON.parse(prediction.probabilities) as [number[]];
  const network = { predicted: prediction.predicted, probabilities };
  if (item.condition !== "heat-map") return { network };
  const row = await catalog.row(reading.study_id);
  const results = (await catalog.results(row))!;
  const map = storedMap(await catalog.record(row, prediction), prediction.name);
  if (map === undefined) throw notFound("heat map");
  const place = await placementOf(files, row, results, { picture: facts, imageSha256, ...(map.window && { window: map.window }) });
  return { network, map: { height: map.height, width: map.width, values: encodeMap(map.values), frame: frameOn(facts, place) } };
}

/** The item, if it is the one that this reader has in front of them. @throws Refusal 404, 409 */
export async function itemInFront({ store }: Workbench, id: string, person: Person): Promise<Shown> {
  const { item, sitting } = await findItem(store.db, id, person);
  refuseClosed(sitting);
  if (item.shown_at === null || item.position !== sitting.done) throw refusal("not-in-front");
  return { item, reading: sitting.reading };
}

/** @throws Refusal 404 for another reader's */
async function findItem(db: Db, id: string, person: Person): Promise<{ readonly item: ItemRow; readonly sitting: Sitting }> {
  const [item, [sitting]] = await Promise.all([db.selectFrom("items").selectAll().where("id", "=", id).executeTakeFirst(), findSittings(db, { reader: person.id, item: id })]);
  if (item === undefined || sitting === undefined) throw notFound("case");
  return { item, sitting };
}

export interface Acknowledged {
  readonly item: string;
  readonly submission: string;
  readonly acceptedAt: string;
  readonly done: number;
  readonly total: number;
}

const milliseconds = (days: number): number => days * 86_400_000;

/**
 * Takes a read, once and for all. The row's key is the item, so that it cannot be stored twice; the same submission sent
 * again gets the same answer; another one is refused. What is acknowledged is on disk, with its entry of the audit log.
 */
export async function submitRead({ store }: Workbench, id: string, person: Person, body: ReadBody): Promise<Acknowledged> {
  const { db } = store;
  const { item, sitting } = await findItem(db, id, person);
  const { row: assignment, reading } = sitting;
  const again = async (): Promise<Acknowledged | undefined> => {
    const kept = await db.selectFrom("reads").selectAll().where("item_id", "=", id).executeTakeFirst();
    if (kept === undefined) return undefined;
    if (kept.submission !== body.submission) throw refusal("already-submitted");
    // Items are read in their order: this one's place is how many there were with it.
    return { item: id, submission: kept.submission, acceptedAt: kept.submitted_at, done: item.position + 1, total: assignment.total };
  };
  // Not in front any more, or not yet: a read that is there is acknowledged again.
  if (item.shown_at === null || item.position !== sitting.done) {
    const before = await again();
    if (before !== undefined) return before;
    refuseClosed(sitting);
    throw refusal("not-in-front");
  }
  refuseClosed(sitting);
  const shownAt = item.shown_at;
  checkRead(body, reading, shownAt);
  const taken = await store.write(async ({ tx, note }) => {
    const row: ReadTable = {
      item_id: id, assignment_id: assignment.id, reading_id: reading.id, reader_id: person.id, submission: body.submission, label: body.label ?? null, confidence: body.confidence ?? null, seconds: body.seconds, marks: JSON.stringify(body.marks ?? []),
      shown_at: shownAt, submitted_at: now(), practice: item.practice, condition: item.condition, case_key: item.case_key,
    };
    const inserted = await tx.insertInto("reads").values(row).onConflict((found) => found.doNothing()).returning("item_id").executeTakeFirst();
    if (inserted === undefined) return undefined;
    if (item.position + 1 === assignment.total) await endSession(tx, assignment, reading);
    note({ actor: person, action: "reading.submit", subject: id, details: { reading: reading.id, submission: body.submission } });
    return { item: id, submission: row.submission, acceptedAt: row.submitted_at, done: item.position + 1, total: assignment.total };
  });
  const answer = taken ?? (await again());
  if (answer === undefined) throw refusal("submission-used");
  return answer;
}

async function endSession(tx: Transaction<Tables>, assignment: AssignmentRow, reading: ReadingRow): Promise<void> {
  const { washOutDays } = JSON.parse(reading.design) as ReadingDesign;
  await tx.updateTable("assignments").set({ done_at: now() }).where("id", "=", assignment.id).execute();
  await tx.updateTable("assignments").set({ opens_at: new Date(Date.now() + milliseconds(washOutDays)).toISOString() }).where("reading_id", "=", reading.id).where("reader_id", "=", assignment.reader_id).where("session", "=", assignment.session + 1).execute();
}

/** @throws Refusal 400 naming the field */
function checkRead({ label, confidence, marks }: ReadBody, reading: ReadingRow, shownAt: string): void {
  const design = JSON.parse(reading.design) as ReadingDesign;
  const labels = JSON.parse(reading.labels) as string[];
  const isLate = design.secondsPerCase !== undefined && Date.now() - Date.parse(shownAt) >= design.secondsPerCase * 1000;
  if (label !== undefined && !labels.includes(label)) throw refusal("read-label", { labels: labels.join(", ") });
  if (label === undefined && design.choice === "forced" && !isLate) throw refusal("read-label-needed");
  if (label !== undefined && design.confidence && confidence === undefined && !isLate) throw refusal("read-confidence");
  if (!design.marks && (marks?.length ?? 0) > 0) throw refusal("read-marks");
}
