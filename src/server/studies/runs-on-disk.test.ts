import assert from "node:assert/strict";
import { cp, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { cellOfRun, idOfRun, withTestServer } from "../server.testkit.js";
import { studyIdOf } from "./index-run.js";

// Oracle: the made-up run's maps, sixteen equal steps from 0 to 1; its recipe names no method.
test("a study's own map is shown whatever version took the run in, and is the new one when the run is made again", () =>
  withTestServer({ perClass: 2 }, async ({ people: { viewer }, bench: { store, catalog }, root }) => {
    const { items: [first] } = await viewer.call("cases", { params: { study: idOfRun }, query: {} });
    const ask = () => viewer.call("caseMap", { params: { study: idOfRun, case: first!.key }, query: { cell: cellOfRun } });
    const mostOf = (base64: string): number => Math.max(...new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer));
    const known = await ask();
    assert.deepEqual([known.method, mostOf(known.values)], ["grad-cam", 1]);

    // As a store of a version that did not keep the method with the study.
    const { summary } = await store.db.selectFrom("studies").select("summary").where("id", "=", idOfRun).executeTakeFirstOrThrow();
    const { method, ...older } = JSON.parse(summary) as { readonly method: { readonly name: string } };
    assert.equal(method.name, "grad-cam");
    await store.write(({ tx }) => tx.updateTable("studies").set({ summary: JSON.stringify(older) }).where("id", "=", idOfRun).execute());
    assert.deepEqual(await ask(), known);

    // Run again: other maps under the same names.
    const file = path.join(root, "run/tasks", cellOfRun, `seed-1/fold-${first!.fold}/task.json`);
    const record = JSON.parse(await readFile(file, "utf8")) as { maps: { values: string } };
    const values = new Float32Array(Uint8Array.from(Buffer.from(record.maps.values, "base64")).buffer).map((value) => value / 2);
    await writeFile(file, JSON.stringify({ ...record, maps: { ...record.maps, values: Buffer.from(values.buffer).toString("base64") } }));
    const later = new Date(Date.now() + 5000);
    await utimes(path.join(root, "run/results.json"), later, later);
    await catalog.look({ force: true });
    assert.equal(mostOf((await ask()).values), 0.5);
  }));

// Oracle: the made-up run beside itself, of whose eight cases two are answered wrongly.
test("two runs are compared measure by measure on the decisions of both", () =>
  withTestServer({ perClass: 4 }, async ({ people: { viewer }, bench: { catalog }, root }) => {
    await cp(path.join(root, "run"), path.join(root, "again"), { recursive: true });
    await catalog.look({ force: true });
    const { pairs: [pair] } = await viewer.call("compareStudies", { query: { a: idOfRun, b: studyIdOf("again") } });
    assert.deepEqual([pair!.a, pair!.b, pair!.decisions, pair!.onlyA, pair!.onlyB], [cellOfRun, cellOfRun, 8, 0, 0]);
    const [accuracy] = pair!.measures;
    assert.deepEqual([accuracy!.measure, "estimate" in accuracy!.a && accuracy!.a.estimate, "estimate" in accuracy!.difference && accuracy!.difference.estimate], ["accuracy", 0.75, 0]);
  }));
