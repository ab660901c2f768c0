import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import type { Page } from "playwright-core";
import { csvText } from "../base/index.js";
import { cellOfRun, idOfRun, labelsOfRun, password, type TestServer } from "../server/server.testkit.js";
import { drawReaders, simulateReads, type SimulatedCase } from "../study/readers/simulate-reads.js";
import { studyReaders } from "../study/index.js";
import { noBrowser, violationsOf, withViewer, type ViewerTest } from "./viewer.testkit.js";

const [readerCount, caseCount, practice] = [6, 60, 2];
const seed = 11;

/** What is in front of whom, by reader, session and position: the page itself does not say. */
async function whatIsShown({ bench: { store } }: TestServer): Promise<Map<string, { case: string; condition: string; practice: boolean }>> {
  const rows = await store.db
    .selectFrom("items").innerJoin("assignments", "assignments.id", "items.assignment_id").innerJoin("users", "users.id", "assignments.reader_id")
    .innerJoin("study_cases", (join) => join.onRef("study_cases.key", "=", "items.case_key").on("study_cases.study_id", "=", idOfRun))
    .select(["users.name as reader", "assignments.session", "items.position", "items.practice", "items.condition", "study_cases.name as case"])
    .execute();
  const byReader = new Map<string, typeof rows>();
  for (const row of rows) byReader.set(`${row.reader} ${row.session}`, [...(byReader.get(`${row.reader} ${row.session}`) ?? []), row]);
  return new Map([...byReader].flatMap(([who, list]) => list.sort((a, b) => a.position - b.position).map((row, i) => [`${who} ${i + 1}`, { case: row.case, condition: row.condition, practice: row.practice === 1 }] as const)));
}

/** Invites a reader on the page of people and lets the reader in by the link. */
async function invite(admin: Page, { visit, url }: ViewerTest, { name, group }: { readonly name: string; readonly group: string }): Promise<Page> {
  await admin.fill('form input[name="name"]', name);
  await admin.fill('form input[name="group"]', group);
  await admin.click('form button[type="submit"]');
  await admin.waitForFunction((wanted) => document.querySelector(".notice.good p")?.textContent.includes(wanted), name);
  const link = (await admin.textContent("#link"))!;
  const { page } = await visit(link.slice(url.length));
  await page.fill('input[name="password"]', password);
  await page.fill('input[name="repeat"]', password);
  await page.click("button.main");
  await page.locator("h1").waitFor();
  return page;
}

interface Answer {
  readonly label: number;
  /** 0 to 100. */
  readonly confidence: number;
}

/** Reads one case as a person would: waits for the film, chooses by key, sets the confidence, submits. */
async function readCase(page: Page, position: number, answer: Answer): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelector("h1")?.textContent.startsWith(`Case ${wanted} of`), position);
  await page.locator(".film[data-ready=true]").waitFor();
  await page.keyboard.press(String(answer.label + 1));
  const slider = page.locator(".choices + p + .slider input");
  await slider.fill(String(answer.confidence));
  // A slider that is left in the middle says so by the space bar: its value has not changed.
  await slider.press(" ");
  await page.keyboard.press("Enter");
}

/** Everything that is not about time or the file's name. */
function timeless(value: unknown): unknown {
  const dropped = ["seconds", "medianSeconds", "source", "simulated", "metric", "warnings"];
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (dropped.includes(key) ? undefined : inner))) as unknown;
}

// Oracle: the analysis of the table of simulated reads themselves, which never saw a page.
test("six readers read 60 cases alone and with the network in the browser, and the analysis is that of the simulated truth", { skip: noBrowser, timeout: 1_700_000 }, (t) =>
  withViewer({ perClass: caseCount / 2 + 2 }, async (viewer) => {
    const { server, visit } = viewer;
    const { items } = await server.people.researcher.call("cases", { params: { study: idOfRun }, query: { limit: 500, cell: cellOfRun } });
    const cases = items.map(({ name, label, predicted, confidence }): SimulatedCase => {
      const [truth, answer] = [labelsOfRun.indexOf(label), labelsOfRun.indexOf(predicted)];
      return { id: name, label: truth, predicted: answer, probabilities: answer === 0 ? [confidence, 1 - confidence] : [1 - confidence, confidence] };
    });
    const design = { seed, readers: readerCount };
    const simulated = simulateReads(cases, 2, design).map((read) => ({ ...read, confidence: Math.round(100 * read.confidence) }));
    const answers = new Map(simulated.map((read) => [`${read.reader} ${read.case} ${read.condition}`, read] as const));

    const { page: admin } = await visit("/people", { as: "administrator" });
    const readers = new Map<string, Page>();
    for (const person of drawReaders(design)) readers.set(person.name, await invite(admin, viewer, person));

    // The design, on its page; Rita, who is there already, is left out.
    const { page: coordinator } = await visit("/readings/new", { as: "researcher" });
    await coordinator.fill('input[name="title"]', "Readers and network");
    await coordinator.fill('input[name="cases"]', String(caseCount));
    await coordinator.fill('input[name="practice"]', String(practice));
    await coordinator.fill('input[name="washOut"]', "0");
    await coordinator.getByLabel("Rita").uncheck();
    await coordinator.getByLabel("Network", { exact: true }).waitFor();
    await coordinator.click('button[type="submit"]');
    await coordinator.getByRole("button", { name: "Open to readers" }).click();
    await coordinator.getByRole("button", { name: "Close" }).first().waitFor();
    const shown = await whatIsShown(server);
    assert.equal(shown.size, readerCount * 2 * (caseCount + practice));

    const started = Date.now();
    const readAll = async ([name, first]: readonly [string, Page]): Promise<void> => {
      let page = first;
      for (const session of [0, 1]) {
        await page.goto(`${viewer.url}/read`);
        await page.locator("a.main").first().click();
        for (let position = 1; position <= caseCount + practice; position++) {
          const item = shown.get(`${name} ${session} ${position}`)!;
          const condition = item.condition === "alone" ? ("alone" as const) : ("aided" as const);
          if (condition === "alone") assert.equal(await page.getByText("The network's answer").count(), 0);
          await readCase(page, position, item.practice ? { label: 0, confidence: 50 } : answers.get(`${name} ${item.case} ${condition}`)!);
          if (position === 20 && session === 0) {
            // A closed tab: the next one goes on behind the last read, and there is no way back to it.
            await page.waitForFunction((wanted) => document.querySelector("h1")?.textContent.startsWith(`Case ${wanted} of`), position + 1);
            const context = page.context();
            await page.close();
            page = await context.newPage();
            page.setDefaultTimeout(180_000);
            await page.goto(`${viewer.url}/read`);
            await page.locator("a.main").first().click();
          }
        }
        await page.getByText("All cases of this session are read").waitFor();
        await page.goBack();
        assert.equal(await page.getByText("Submit and go on").count(), 0);
      }
    };
    await Promise.all([...readers].map(readAll));
    t.diagnostic(`${readerCount * 2 * (caseCount + practice)} reads through the browser in ${((Date.now() - started) / 1000).toFixed(0)} s`);

    await coordinator.reload();
    await coordinator.getByRole("button", { name: "Analyze" }).click();
    await coordinator.locator("#analysis").waitFor();
    await coordinator.getByText("Network minus readers").waitFor();
    assert.deepEqual(await violationsOf(coordinator), []);
    const { items: [reading] } = await server.people.researcher.call("readings", { query: {} });
    assert.deepEqual([reading!.done, reading!.total], [readerCount * 2 * caseCount, readerCount * 2 * caseCount]);
    const table = await (await server.people.researcher.send("readsCsv", { params: { reading: reading!.id } })).text();

    const drawn = new Set([...shown.values()].filter((item) => !item.practice).map((item) => item.case));
    const rows = simulated.filter((read) => drawn.has(read.case)).map((read) => [read.reader, read.case, labelsOfRun[read.label]!, String(read.confidence), read.group, read.condition]);
    const exported = table.trim().split("\n").slice(1).map((line) => line.split(",").slice(0, 6));
    const sorted = (list: readonly (readonly string[])[]): string[] => list.map((row) => row.join()).sort();
    assert.deepEqual(sorted(exported), sorted(rows));

    const folder = path.join(server.root, "..");
    await cp(path.join(server.root, "run"), path.join(folder, "copy"), { recursive: true });
    await writeFile(path.join(folder, "truth.csv"), csvText([["reader", "case", "label", "confidence", "group", "condition"], ...rows]));
    const { result } = await studyReaders({ run: path.join(folder, "copy"), reads: path.join(folder, "truth.csv"), cell: cellOfRun, set: "test" });
    const analysis = await server.people.researcher.call("readingAnalysis", { params: { reading: reading!.id } });
    assert.deepEqual(timeless(analysis), timeless(result));
  }));
