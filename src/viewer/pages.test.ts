import assert from "node:assert/strict";
import test from "node:test";
import { cellOfRun, idOfRun, password } from "../server/server.testkit.js";
import { noBrowser, withViewer } from "./viewer.testkit.js";

test("somebody comes by a one-time link, sees the study, opens a wrong case from the confusion matrix and draws on it", { skip: noBrowser }, () =>
  withViewer({}, async ({ server, visit, url }) => {
    const { link } = await server.people.administrator.call("makeUser", { body: { name: "Frieda", role: "researcher" } });
    const { page, errors, requests } = await visit(link.path);
    await page.fill('input[name="password"]', password);
    await page.fill('input[name="repeat"]', password);
    await page.click("button.main");
    await page.click("tbody a");
    // Oracle: the made-up run, in which every fourth case of a label is answered wrongly.
    await page.click(".matrix tbody tr:first-of-type td:last-of-type a");
    const names = page.locator("tbody th a");
    await names.nth(1).waitFor();
    assert.deepEqual(await names.allTextContents(), ["images/square-0.png", "images/square-4.png"]);
    await names.first().click();
    const film = page.locator(".film[data-ready=true]");
    await film.locator("canvas[data-painted=true]").waitFor();
    assert.match(page.url(), new RegExp(`/studies/${idOfRun}/cases/\\w+\\?cell=${encodeURIComponent(cellOfRun)}`));

    // A drawing lies where Cornerstone puts the image, turned too.
    await page.locator(".film[data-rendered=true]").waitFor();
    await film.focus();
    await page.keyboard.press("r");
    await page.keyboard.press("+");
    const [theirs, ours] = await page.evaluate(() => {
      const element = document.querySelector<HTMLElement & { film: { place: (row: number, column: number) => [number, number] } }>(".film")!;
      const { a, b, c, d, e, f } = new DOMMatrix([...element.querySelectorAll("canvas")].find((canvas) => canvas.width === 1 || canvas.style.display === "none")!.style.transform);
      return [element.film.place(30, 5), [a * 5 + c * 30 + e, b * 5 + d * 30 + f]];
    });
    for (const i of [0, 1]) assert.ok(Math.abs(theirs[i]! - ours[i]!) < 0.01, `${String(theirs)} and ${String(ours)}`);
    await page.keyboard.press("r");
    await page.keyboard.press("r");
    await page.keyboard.press("r");
    await page.keyboard.press("0");

    // By keys alone: the box tool, two corners.
    await page.keyboard.press("8");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Enter");
    await page.click('form button[type="submit"]');
    await page.waitForSelector('a[href*="kind=seg"]');
    const { items } = await server.people.researcher.call("annotations", { query: { study: idOfRun } });
    const [shape] = items[0]!.shapes;
    assert.ok(shape?.kind === "box" && Math.abs(shape.box.row - 24) < 0.5 && Math.abs(shape.box.height - shape.box.width) < 0.1, JSON.stringify(shape));

    await page.keyboard.press("n");
    await page.waitForFunction(() => document.querySelector("h1")!.textContent.includes("square-4"));
    assert.deepEqual(errors, []);
    assert.deepEqual(requests.filter((request) => !request.startsWith(url) && !request.startsWith("data:") && !request.startsWith("blob:")), []);
  }));
