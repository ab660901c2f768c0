import assert from "node:assert/strict";
import test from "node:test";
import { cellOfRun, idOfRun } from "../server/server.testkit.js";
import { noBrowser, withViewer } from "./viewer.testkit.js";

/** Visits of each page, each with an empty cache; the median counts. */
const visits = 5;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

test("a page says something within 1 s, a study is there within 2 s, and a case with its heat map within 1.5 s", { skip: noBrowser }, (t) =>
  withViewer({ perClass: 20 }, async ({ server, visit }) => {
    const { items } = await server.people.viewer.call("cases", { params: { study: idOfRun }, query: {} });
    /** Milliseconds from the click on the address until an element is there, and until the first paint. */
    const measure = async (address: string, wanted: string): Promise<{ there: number; paint: number }> => {
      const { page } = await visit(address, { as: "viewer" });
      await page.locator(wanted).waitFor();
      const found = await page.evaluate(() => ({ there: performance.now(), paint: performance.getEntriesByName("first-contentful-paint")[0]!.startTime }));
      await page.context().close();
      return found;
    };
    const repeat = async (addressOf: (k: number) => string, wanted: string): Promise<{ there: number; paint: number }> => {
      const found = [];
      for (let k = 0; k < visits; k++) found.push(await measure(addressOf(k), wanted));
      return { there: median(found.map(({ there }) => there)), paint: median(found.map(({ paint }) => paint)) };
    };
    const study = await repeat(() => `/studies/${idOfRun}`, ".matrix");
    const one = await repeat((k) => `/studies/${idOfRun}/cases/${items[k]!.key}?cell=${encodeURIComponent(cellOfRun)}`, ".film[data-ready=true]:has(canvas[data-painted=true])");
    t.diagnostic(`first paint ${study.paint.toFixed(0)} ms, study ${study.there.toFixed(0)} ms, case with heat map ${one.there.toFixed(0)} ms (medians of ${visits})`);
    assert.ok(study.paint < 1000 && one.paint < 1000, `${study.paint} and ${one.paint}`);
    assert.ok(study.there < 2000, String(study.there));
    assert.ok(one.there < 1500, String(one.there));
  }));
