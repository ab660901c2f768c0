import assert from "node:assert/strict";
import test from "node:test";
import { idOfRun } from "../server/server.testkit.js";
import { noBrowser, violationsOf, withViewer } from "./viewer.testkit.js";

const recipe = `study: tried
title: Tried in the page
networks: [mobilenet_v2-tiny]
regimes:
  scratch: { epochs: 6, batchSize: 8, optimizer: { name: adamw, learningRate: 0.003 } }
image: { size: 32, resize: stretch }
validation: { folds: 2 }
`;

test("a recipe is written with completion, its mistakes are shown, the study runs with live curves, and is compared", { skip: noBrowser, timeout: 600_000 }, (t) =>
  withViewer({ perClass: 12 }, async ({ server, visit }) => {
    const { researcher } = server.people;
    const { id } = await researcher.call("importDataSet", { body: { name: "Shapes", from: { kind: "csv", path: "labels.csv" } } });
    while ((await researcher.call("dataSet", { params: { dataset: id } })).state === "importing") await new Promise((go) => setTimeout(go, 100));
    const { page, errors } = await visit("/studies/new", { as: "researcher" });
    const editor = page.locator("#recipe");
    await page.getByText(/^Valid: \d+ tasks\.$/).waitFor();
    await editor.fill(`${recipe}image2: { size: 32 }\n`);
    // The mistake leads to its line.
    await page.getByRole("button", { name: "line 8" }).click();
    assert.equal(await editor.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd)), "image2: { size: 32 }");
    assert.ok(await page.getByRole("button", { name: "Start" }).isDisabled());
    await page.keyboard.press("Delete");
    // Completion: a key, then its value, by keys alone.
    await page.keyboard.type("explanation:\n  meth");
    await page.getByRole("option", { name: /^method:/ }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+Space");
    await page.getByRole("option", { name: /^grad-cam/ }).first().waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.type("grad-cam-p");
    await page.getByRole("option", { name: /^grad-cam-plus-plus/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.match(await editor.inputValue(), /explanation:\n {2}method: grad-cam-plus-plus\n?$/);
    await page.getByText("Valid: 2 tasks.").waitFor();
    await page.getByRole("button", { name: "Start" }).click();

    await page.waitForURL(/studies\/(?!new)\w/);
    await page.getByRole("heading", { name: /^Progress: / }).waitFor();
    // Live: the curve of a task that runs.
    await page.locator(".plot path[stroke]").first().waitFor();
    assert.deepEqual(await violationsOf(page), []);
    t.diagnostic(`live: ${(await page.locator("tbody .chip").allTextContents()).join(", ")}`);
    await page.locator(".chip.finished").first().waitFor();
    await page.locator(".matrix").waitFor();
    const study = page.url().split("/").at(-1)!.split("?")[0]!;
    // Oracle: every case is tested once.
    const counts = (await page.locator(".matrix td a").allTextContents()).map((text) => Number(/\. (\d+?)(?=\d+%|\d%)/.exec(text)?.[1] ?? Number.NaN));
    const { pooled } = await researcher.call("studyCell", { params: { study }, query: { cell: "mobilenet_v2-tiny/scratch" } });
    assert.equal(pooled.confusion.flat().reduce((sum, n) => sum + n, 0), 24);
    assert.equal(counts.length, 4);
    await page.getByRole("link", { name: "Compare with" }).click();
    await page.getByLabel("B", { exact: true }).selectOption(idOfRun);
    // Oracle: the made-up run, which answers a quarter of its cases wrongly, on the cases of both.
    await page.getByText(/^24 decisions that both made/).waitFor();
    await page.locator("tbody tr", { hasText: "Accuracy" }).getByText(/points/).waitFor();
    assert.deepEqual(await violationsOf(page), []);
    assert.deepEqual(errors, []);
  }));
