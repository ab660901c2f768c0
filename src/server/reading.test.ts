import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { studyReaders } from "../study/index.js";
import { ApiError } from "./contract/client.js";
import type { ReadingDesign, ReadingItem } from "./contract/reading.js";
import { drawCases, drawOrders } from "./reading/draw-orders.js";
import { seededRandom } from "../base/index.js";
import { cellOfRun, idOfRun, labelsOfRun, withTestServer, type SignedIn, type TestServer } from "./server.testkit.js";

const refuses = (status: number, code?: string) => (error: unknown): boolean => error instanceof ApiError && error.problem.status === status && (code === undefined || error.problem.code === code);

const cases = Array.from({ length: 12 }, (_, i) => ({ key: `case-${i}`, label: i < 6 ? "a" : "b" }));

// Oracle: by hand. With C conditions and C readers each condition stands once at each place, and each case is read once under each.
test("orders are counter-balanced over readers, and no session repeats a case", () => {
  for (const order of ["crossed", "split"] as const) {
    const conditions = ["alone", "network", "heat-map"] as const;
    const sessions = drawOrders({ cases, practice: [{ key: "p", label: "a" }], readers: ["r0", "r1", "r2"], conditions, order, seed: 7 });
    assert.equal(sessions.length, 9);
    for (const { items } of sessions) {
      assert.ok(items[0]!.practice && items.filter(({ practice }) => practice).length === 1);
      assert.equal(new Set(items.map(({ key }) => key)).size, 13);
    }
    for (const reader of ["r0", "r1", "r2"]) {
      const read = sessions.filter((one) => one.reader === reader).flatMap(({ items }) => items.filter(({ practice }) => !practice).map(({ key, condition }) => `${key} ${condition}`));
      assert.equal(new Set(read).size, 36);
    }
    const places = sessions.map(({ session, items }) => `${session} ${items[1]!.condition}`);
    if (order === "crossed") assert.equal(new Set(places).size, 9);
    // In a split session half, or a third, of each label's cases stand under each condition.
    if (order === "split") for (const { items } of sessions) for (const condition of conditions) assert.equal(items.filter((item) => !item.practice && item.condition === condition && cases.find(({ key }) => key === item.key)!.label === "a").length, 2);
  }
  assert.deepEqual(drawOrders({ cases, practice: [], readers: ["r"], conditions: ["alone"], order: "crossed", seed: 1 }), drawOrders({ cases, practice: [], readers: ["r"], conditions: ["alone"], order: "crossed", seed: 1 }));
});

test("cases are drawn as evenly over labels as their numbers allow", () => {
  const drawn = drawCases([...cases.slice(0, 2), ...cases.slice(6)], 6, seededRandom(1, "test"));
  assert.deepEqual([drawn.filter(({ label }) => label === "a").length, drawn.filter(({ label }) => label === "b").length], [2, 4]);
});

const design = (readers: readonly SignedIn[], changes: Partial<ReadingDesign> = {}) => ({ title: "Readers and network", study: idOfRun, cell: cellOfRun, cases: { count: 6, seed: 1 }, practice: 1, readers: readers.map(({ id }) => id), conditions: ["alone", "heat-map"] as ("alone" | "heat-map")[], ...changes });

async function opened({ people: { researcher } }: TestServer, made: ReturnType<typeof design>) {
  const { id } = await researcher.call("makeReading", { body: made });
  // Of two who change a design at once, the second is told.
  assert.equal((await researcher.call("changeReading", { params: { reading: id }, body: made, ifMatch: '"v1"' })).version, 2);
  await assert.rejects(researcher.call("changeReading", { params: { reading: id }, body: made, ifMatch: '"v1"' }), refuses(412, "changed-since"));
  return researcher.call("openReading", { params: { reading: id } });
}

/** Reads a session to its end; answers by the parity of the position. */
async function readAll(reader: SignedIn, assignment: string, watch: (item: ReadingItem) => void = () => {}): Promise<number> {
  for (let count = 0; ; count++) {
    const { item } = await reader.call("nextItem", { params: { assignment } });
    if (item === undefined) return count;
    watch(item);
    assert.equal((await reader.send("itemImage", { params: { item: item.id } })).headers.get("content-type"), "image/png");
    await reader.call("submitRead", { params: { item: item.id }, body: { submission: randomUUID(), label: labelsOfRun[item.position % 2]!, confidence: 50 + item.position, seconds: 2.5 } });
  }
}

test("a reader reads blind, once, forwards, and the export is the table that the analysis takes", () =>
  withTestServer({}, async (server) => {
    const { researcher, reader, viewer } = server.people;
    const second = await server.invite("reader", "Otto", "orthopaedists");
    await assert.rejects(researcher.call("makeReading", { body: design([viewer]) }), refuses(400, "readers"));
    await assert.rejects(researcher.call("makeReading", { body: design([reader], { cases: { count: 40, seed: 1 } }) }), refuses(400, "cases-few"));
    const reading = await opened(server, design([reader, second]));
    assert.deepEqual([reading.state, reading.total], ["open", 24]);
    await assert.rejects(researcher.call("changeReading", { params: { reading: reading.id }, body: design([reader]) }), refuses(409));

    const conditions = new Set<string>();
    for (const one of [reader, second]) {
      for (let session = 1; session <= 2; session++) {
        const assignment = (await one.call("assignments")).find((own) => own.session === session)!;
        assert.equal(assignment.state, "open");
        const count = await readAll(one, assignment.id, (item) => {
          conditions.add(item.condition);
          // What stands on the wire, whole: read alone nothing of the network, never a label or a name of the case.
          const wire = JSON.stringify(item);
          assert.doesNotMatch(wire, /images\/|square-|stripes-|"label"|correct|patient/);
          assert.equal(item.network !== undefined && item.map !== undefined, item.condition === "heat-map");
          if (item.condition === "alone") assert.doesNotMatch(wire, /predicted|probabilities|values/);
        });
        assert.equal(count, 7);
      }
    }
    assert.deepEqual([...conditions].sort(), ["alone", "heat-map"]);

    const progress = await researcher.call("readingProgress", { params: { reading: reading.id } });
    assert.deepEqual([progress.done, progress.total, progress.readers.map(({ reader: { name } }) => name)], [28, 28, ["Otto", "Rita"]]);
    const table = await (await researcher.send("readsCsv", { params: { reading: reading.id } })).text();
    const lines = table.trim().split("\n");
    assert.equal(lines[0], "reader,case,label,confidence,group,condition,seconds,session");
    assert.equal(lines.length, 1 + 24);
    assert.match(lines[1]!, /^Otto,images\/\w+-\d\.png,(square|stripes),\d+,orthopaedists,(alone|aided),2\.5,1$/);
    const analysis = await researcher.call("analyzeReading", { params: { reading: reading.id } });

    // Oracle: the analysis of the command line on a copy of the run.
    const copy = path.join(server.root, "..", "copy");
    await cp(path.join(server.root, "run"), copy, { recursive: true });
    const reads = path.join(server.root, "..", "reads.csv");
    await writeFile(reads, table);
    const { result } = await studyReaders({ run: copy, reads, cell: cellOfRun, set: "test" });
    const plain = (value: unknown) => JSON.parse(JSON.stringify({ ...(value as object), metric: undefined, reads: undefined })) as unknown;
    assert.deepEqual(plain(analysis), plain({ ...result }));
  }));

test("a read is taken once: again is the same answer, another one is refused, and there is no way back", () =>
  withTestServer({}, async (server) => {
    const { reader, researcher } = server.people;
    const other = await server.invite("reader", "Otto");
    await opened(server, design([reader, other], { practice: 0, washOutDays: 3 }));
    const [first, later] = await reader.call("assignments");
    await assert.rejects(reader.call("nextItem", { params: { assignment: later!.id } }), refuses(409, "session-waiting"));
    const { item } = await reader.call("nextItem", { params: { assignment: first!.id } });
    const again = await reader.call("nextItem", { params: { assignment: first!.id } });
    assert.deepEqual([again.item!.id, again.item!.shownAt], [item!.id, item!.shownAt]);
    const at = { params: { item: item!.id } };
    const body = { submission: randomUUID(), label: "square", confidence: 80, seconds: 4 };
    await assert.rejects(other.call("submitRead", { ...at, body }), refuses(404));
    await assert.rejects(other.send("itemImage", at), refuses(404));
    for (const bad of [{ ...body, label: "cat" }, { ...body, label: undefined }, { ...body, confidence: undefined }, { ...body, marks: [{ kind: "box" as const, box: { row: 0, column: 0, height: 1, width: 1 } }] }]) await assert.rejects(reader.call("submitRead", { ...at, body: bad }), refuses(400));
    // Twice at once, as after a lost answer: one read, one answer.
    const [one, two] = await Promise.all([reader.call("submitRead", { ...at, body }), reader.call("submitRead", { ...at, body })]);
    assert.deepEqual(one, two);
    await assert.rejects(reader.call("submitRead", { ...at, body: { ...body, submission: randomUUID(), label: "stripes" } }), refuses(409, "already-submitted"));
    await assert.rejects(reader.send("itemImage", at), refuses(409, "not-in-front"));
    const next = await reader.call("nextItem", { params: { assignment: first!.id } });
    assert.deepEqual([next.item!.position, next.assignment.done], [2, 1]);
    await assert.rejects(reader.call("submitRead", { params: { item: next.item!.id }, body }), refuses(409, "submission-used"));
    await readAll(reader, first!.id);
    const [done, waiting] = await reader.call("assignments");
    assert.equal(done!.state, "done");
    assert.equal(waiting!.state, "waiting");
    const days = (Date.parse(waiting!.opensAt!) - Date.now()) / 86_400_000;
    assert.ok(days > 2.9 && days <= 3);
    const [reading] = (await researcher.call("readings")).items;
    await assert.rejects(researcher.call("removeReading", { params: { reading: reading!.id } }), refuses(409, "reading-has-reads"));
    await researcher.call("closeReading", { params: { reading: reading!.id } });
    assert.equal((await reader.call("assignments"))[1]!.state, "closed");
    // The database itself takes no read back.
    await assert.rejects(server.bench.store.db.updateTable("reads").set({ label: "stripes" }).execute(), /never changed/);
  }));
