import type { Selectable, Transaction } from "kysely";
import { sql } from "kysely";
import type { Assignment, Condition, ReadBody, ReadingDesign, ReadingItem } from "../contract/reading.js";
import { notFound, Refusal } from "../http/refusal.js";
import { now } from "../ids.js";
import type { Person } from "../people/person.js";
import type { Store } from "../store/store.js";
import type { AssignmentTable, ItemTable, ReadTable, Tables } from "../store/tables.js";
import { encodeMap, frameOn, placementOf, storedMap } from "../studies/heat-maps.js";
import type { CasePicture } from "../studies/case-picture.js";
import type { Workbench } from "../workbench.js";
import { findReading, type ReadingRow } from "./designs.js";

type Db = Store["db"] | Transaction<Tables>;
type AssignmentRow = Selectable<AssignmentTable>;
type ItemRow = Selectable<ItemTable>;

async function countDone(db: Db, assignment: string): Promise<number> {
  const { done } = await db.selectFrom("reads").select(sql<number>`count(*)`.as("done")).where("assignment_id", "=", assignment).executeTakeFirstOrThrow();
  return Number(done);
}

/** A session as its reader sees it: neither its conditions nor anything of others. */
export async function sayAssignment(db: Db, row: AssignmentRow, reading: ReadingRow): Promise<Assignment> {
  const design = JSON.parse(reading.design) as ReadingDesign;
  const state = row.done_at !== null ? "done" : reading.state !== "open" ? "closed" : row.opens_at === null || row.opens_at > now() ? "waiting" : "open";
  return { id: row.id, title: reading.title, session: row.session + 1, sessions: design.conditions.length, instructions: design.instructions, state, ...(row.opens_at !== null && { opensAt: row.opens_at }), done: await countDone(db, row.id), total: row.total, practice: design.practice };
}

async function ownAssignment(db: Db, id: string, person: Person): Promise<AssignmentRow> {
  const row = await db.selectFrom("assignments").selectAll().where("id", "=", id).where("reader_id", "=", person.id).executeTakeFirst();
  if (row === undefined) throw notFound("session");
  return row;
}

function refuseClosed(row: AssignmentRow, { state }: ReadingRow): void {
  if (state !== "open") throw new Refusal(409, "reading-closed", "reader study: expected one that is open, got one that is closed. Ask its coordinator.");
  if (row.opens_at === null || row.opens_at > now()) throw new Refusal(409, "session-waiting", "session: expected one that has begun, got one whose time has not come. Come back later.", { headers: {} });
}

/** The first case of a session that is not submitted: there is no other that can be asked for. */
async function currentItem(db: Db, assignment: string): Promise<ItemRow | undefined> {
  return db
    .selectFrom("items")
    .selectAll()
    .where("assignment_id", "=", assignment)
    .where((column) => column.not(column.exists(column.selectFrom("reads").select("reads.item_id").whereRef("reads.item_id", "=", "items.id"))))
    .orderBy("position")
    .limit(1)
    .executeTakeFirst();
}

interface Shown {
  readonly item: ItemRow;
  readonly reading: ReadingRow;
}

/** Shows a reader the next case; the time it was first shown is kept, whatever happens to the page. */
export async function showNext(bench: Workbench, assignment: string, person: Person): Promise<{ item?: ReadingItem; assignment: Assignment; key?: string }> {
  const { store } = bench;
  const row = await ownAssignment(store.db, assignment, person);
  const reading = await findReading(store.db, row.reading_id);
  if (row.done_at !== null) return { assignment: await sayAssignment(store.db, row, reading) };
  refuseClosed(row, reading);
  const item = await currentItem(store.db, row.id);
  if (item === undefined) return { assignment: await sayAssignment(store.db, row, reading) };
  const shownAt = item.shown_at ?? now();
  const done = await countDone(store.db, row.id);
  const shown = await sayItem(bench, { item: { ...item, shown_at: shownAt }, reading }, row, done);
  if (item.shown_at === null) {
    await store.write(async ({ tx, note }) => {
      await tx.updateTable("items").set({ shown_at: shownAt }).where("id", "=", item.id).where("shown_at", "is", null).execute();
      if (row.started_at === null) await tx.updateTable("assignments").set({ started_at: shownAt }).where("id", "=", row.id).execute();
      note({ actor: person, action: "reading.look", subject: item.id, details: { reading: reading.id, condition: item.condition } });
    });
  }
  return { item: shown, assignment: await sayAssignment(store.db, row, reading) };
}

/** Picture of an item's case. */
export async function pictureOfItem({ library, store, pictures }: Workbench, { item, reading }: Shown): Promise<{ readonly picture: CasePicture; readonly png: () => Promise<Uint8Array | undefined> }> {
  const row = await library.row(reading.study_id);
  const results = await library.results(row);
  const subject = await store.db.selectFrom("study_cases").selectAll().where("study_id", "=", row.id).where("key", "=", item.case_key).executeTakeFirst();
  const picture = results && subject && (await pictures.picture(row, results, subject));
  if (picture === undefined) throw notFound("picture");
  return { picture, png: () => pictures.png(row, results!, subject!) };
}

async function sayItem(bench: Workbench, shown: Shown, assignment: AssignmentRow, done: number): Promise<ReadingItem> {
  const { item, reading } = shown;
  const design = JSON.parse(reading.design) as ReadingDesign;
  const condition = item.condition as Condition;
  const { picture } = await pictureOfItem(bench, shown);
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
    image: { width: picture.width, height: picture.height, ...(picture.spacingMm && { spacingMm: [...picture.spacingMm] as [number, number] }) },
    ...(condition !== "alone" && (await helpOf(bench, shown, picture))),
    shownAt: item.shown_at!,
  };
}

/** What a reader with help is shown: the network's answer, and in its condition the map. Never called for a reader alone. */
async function helpOf({ store, library, files }: Workbench, { item, reading }: Shown, picture: CasePicture): Promise<Pick<ReadingItem, "network" | "map">> {
  const prediction = await store.db.selectFrom("predictions").selectAll().where("study_id", "=", reading.study_id).where("cell", "=", reading.cell).where("case_key", "=", item.case_key).orderBy("seed").limit(1).executeTakeFirst();
  if (prediction === undefined) throw notFound("answer of the network");
  const [probabilities] = JSON.parse(prediction.probabilities) as [number[]];
  const network = { predicted: prediction.predicted, probabilities };
  if (item.condition !== "heat-map") return { network };
  const row = await library.row(reading.study_id);
  const results = (await library.results(row))!;
  const map = storedMap(await library.record(row, prediction), prediction.name);
  if (map === undefined) throw notFound("heat map");
  const subject = await store.db.selectFrom("study_cases").select("image_sha256").where("study_id", "=", row.id).where("key", "=", item.case_key).executeTakeFirst();
  const place = await placementOf(files, row, results, { picture, imageSha256: subject?.image_sha256 ?? null, ...(map.window && { window: map.window }) });
  return { network, map: { height: map.height, width: map.width, values: encodeMap(map.values), frame: frameOn(picture, place) } };
}

/** The item, if it is the one that this reader has in front of them. @throws Refusal 404, 409 */
export async function itemInFront({ store }: Workbench, id: string, person: Person): Promise<Shown> {
  const item = await store.db.selectFrom("items").selectAll().where("id", "=", id).executeTakeFirst();
  if (item === undefined) throw notFound("case");
  const assignment = await ownAssignment(store.db, item.assignment_id, person);
  const reading = await findReading(store.db, item.reading_id);
  refuseClosed(assignment, reading);
  if (item.shown_at === null || (await currentItem(store.db, assignment.id))?.id !== item.id) throw new Refusal(409, "not-in-front", "case: expected the one to read now, got another. Ask for the next one.");
  return { item, reading };
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
  const item = await db.selectFrom("items").selectAll().where("id", "=", id).executeTakeFirst();
  if (item === undefined) throw notFound("case");
  const assignment = await ownAssignment(db, item.assignment_id, person);
  const again = async (): Promise<Acknowledged | undefined> => {
    const kept = await db.selectFrom("reads").selectAll().where("item_id", "=", id).executeTakeFirst();
    if (kept === undefined) return undefined;
    if (kept.submission !== body.submission) throw new Refusal(409, "already-submitted", "read: expected none of this case yet, got one submitted before. It cannot be changed: go on with the next case.");
    // Items are read in their order: this one's place is how many there were with it.
    return { item: id, submission: kept.submission, acceptedAt: kept.submitted_at, done: item.position + 1, total: assignment.total };
  };
  const before = await again();
  if (before !== undefined) return before;
  const reading = await findReading(db, item.reading_id);
  refuseClosed(assignment, reading);
  // Reads are never taken back, so that what is in front now stays so until it is read.
  if (item.shown_at === null || (await currentItem(db, assignment.id))?.id !== id) {
    const meanwhile = await again();
    if (meanwhile !== undefined) return meanwhile;
    throw new Refusal(409, "not-in-front", "case: expected the one to read now, got another. Ask for the next one.");
  }
  const shownAt = item.shown_at;
  checkRead(body, reading, shownAt);
  const used = await db.selectFrom("reads").select("item_id").where("submission", "=", body.submission).executeTakeFirst();
  if (used !== undefined && used.item_id !== id) throw new Refusal(409, "submission-used", "submission: expected a name that no other read has, got one that is used. Make a new one.");
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
  if (answer === undefined) throw new Refusal(409, "submission-used", "submission: expected a name that no other read has, got one that is used. Make a new one.");
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
  const refuse = (path: string, message: string): Refusal => new Refusal(400, "request", `${path}: ${message}`, { issues: [{ path: `body.${path}`, message }] });
  if (label !== undefined && !labels.includes(label)) throw refuse("label", `expected one of ${labels.join(", ")}, got another.`);
  if (label === undefined && design.choice === "forced" && !isLate) throw refuse("label", "expected a label, got none. This study has no passing.");
  if (label !== undefined && design.confidence && confidence === undefined && !isLate) throw refuse("confidence", "expected a number from 0 to 100, got none.");
  if (!design.marks && (marks?.length ?? 0) > 0) throw refuse("marks", "expected none in this study, got some.");
}
