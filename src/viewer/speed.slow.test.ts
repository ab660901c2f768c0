import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { cellOfRun, idOfRun } from "../server/server.testkit.js";
import { noBrowser, withViewer, type ViewerTest } from "./viewer.testkit.js";

/** Visits of each page, each with an empty cache and of another case; the median counts. */
const visits = 5;
/** A browser's new window takes half a second of both cores for itself. */
const rest = 1500;
const shown = ".film[data-ready=true]:has(canvas[data-painted=true])";

interface Times {
  /** Milliseconds from the click on the address until an element is there, and until the first paint. */
  readonly there: number;
  readonly paint: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const mediansOf = (times: readonly Times[]): Times => ({ there: median(times.map(({ there }) => there)), paint: median(times.map(({ paint }) => paint)) });

async function measure({ visit }: ViewerTest, address: string, wanted: string): Promise<Times> {
  const { page } = await visit(address, { as: "viewer", rest });
  await page.locator(wanted).waitFor();
  const found = await page.evaluate(() => ({ there: performance.now(), paint: performance.getEntriesByName("first-contentful-paint")[0]!.startTime }));
  await page.context().close();
  return found;
}

async function measureCases(viewer: ViewerTest): Promise<Times> {
  const { items } = await viewer.server.people.viewer.call("cases", { params: { study: idOfRun }, query: {} });
  const times = [];
  for (const { key } of items.slice(0, visits)) times.push(await measure(viewer, `/studies/${idOfRun}/cases/${key}?cell=${encodeURIComponent(cellOfRun)}`, shown));
  return mediansOf(times);
}

const say = (t: TestContext, what: string, { there, paint }: Times): void => t.diagnostic(`${what}: first paint ${paint.toFixed(0)} ms, there after ${there.toFixed(0)} ms (medians of ${visits})`);

test("a page says something within 1 s, a study is there within 2 s, and a case with its heat map within 1.5 s", { skip: noBrowser }, (t) =>
  // As large as the demonstration's radiographs.
  withViewer({ perClass: 20, film: { height: 448, width: 214 } }, async (viewer) => {
    const times = [];
    for (let k = 0; k < visits; k++) times.push(await measure(viewer, `/studies/${idOfRun}`, ".matrix"));
    const study = mediansOf(times);
    const one = await measureCases(viewer);
    say(t, "study", study);
    say(t, "case", one);
    assert.ok(study.paint < 1000 && one.paint < 1000, `${study.paint} and ${one.paint}`);
    assert.ok(study.there < 2000, String(study.there));
    assert.ok(one.there < 1500, String(one.there));
  }));

test("a film of five million pixels is there with its heat map within 1.5 s, opened from no list", { skip: noBrowser }, (t) =>
  withViewer({ perClass: 4, film: { height: 2500, width: 2000 } }, async (viewer) => {
    const one = await measureCases(viewer);
    say(t, "case, 2,500 x 2,000 pixels", one);
    assert.ok(one.there < 1500, String(one.there));
  }));
