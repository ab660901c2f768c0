import assert from "node:assert/strict";
import test from "node:test";
import type { Page } from "playwright-core";
import { cellOfRun, idOfRun } from "../server/server.testkit.js";
import { colorMaps } from "./film/colormaps.js";
import { noBrowser, withViewer, type ViewerTest } from "./viewer.testkit.js";

/** Opens a case of the made-up run, and waits until Cornerstone shows it and the map is painted. */
async function openCase({ server, visit }: ViewerTest, query = ""): Promise<{ page: Page; errors: string[] }> {
  const { items } = await server.people.researcher.call("cases", { params: { study: idOfRun }, query: {} });
  const first = items.find(({ name }) => name === "images/square-0.png")!;
  const visited = await visit(`/studies/${idOfRun}/cases/${first.key}?cell=${encodeURIComponent(cellOfRun)}${query}`, { as: "researcher" });
  await visited.page.locator(".film[data-rendered=true]").first().waitFor();
  await visited.page.locator("canvas[data-painted=true]").first().waitFor();
  return visited;
}

/** Where Cornerstone puts a point of the image, on the page. */
async function placeOf(page: Page, row: number, column: number): Promise<[number, number]> {
  return page.evaluate(([r, c]) => {
    const film = document.querySelector<HTMLElement & { film: { place: (row: number, column: number) => [number, number] } }>(".film")!;
    const [[x, y], box] = [film.film.place(r!, c!), film.getBoundingClientRect()];
    return [box.left + x, box.top + y];
  }, [row, column]);
}

async function click(page: Page, points: readonly (readonly [row: number, column: number])[]): Promise<void> {
  for (const [row, column] of points) await page.mouse.click(...(await placeOf(page, row, column)));
}

/** Colors of the map's pixels, [red, green, blue, opacity] each. */
const pixelsOf = (page: Page): Promise<number[][]> =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("canvas.heat[data-painted=true]")!;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: data.length / 4 }, (_, i) => Array.from(data.subarray(4 * i, 4 * i + 4)));
  });

const readout = (page: Page, film = 0): Promise<string | null> => page.locator(".readout").nth(film).textContent();

// Oracle: by hand, on an image of 48 by 48 pixels without a spacing.
test("length, angle, Cobb angle and slip are measured where the points are set, and stay on the image when it is turned and enlarged", { skip: noBrowser }, () =>
  withViewer({ perClass: 4 }, async (viewer) => {
    const { page, errors } = await openCase(viewer);
    const measured = async (key: string, points: readonly (readonly [number, number])[]): Promise<string> => {
      await page.keyboard.press(key);
      await click(page, points);
      return (await page.locator(".drawn-text").last().textContent())!;
    };
    assert.equal(await measured("4", [[10, 10], [22, 26]]), "20 px");
    assert.equal(await measured("5", [[30, 30], [10, 30], [10, 44]]), "90.0°");
    assert.equal(await measured("6", [[5, 5], [5, 25], [20, 5], [30, 25]]), "26.6°");
    assert.equal(await measured("7", [[40, 10], [40, 40], [36, 16], [36, 44]]), "6 px, 20% of the plate (grade I)");
    await page.locator(".film").focus();
    for (const key of ["r", "i", "+", "+"]) await page.keyboard.press(key);
    assert.deepEqual(await page.locator(".drawn-text").allTextContents(), ["20 px", "90.0°", "26.6°", "6 px, 20% of the plate (grade I)"]);
    // Where Cornerstone puts the first point of the length, there our circle is.
    const [x, y] = await placeOf(page, 10, 10);
    const circle = (await page.locator("circle.drawn").first().boundingBox())!;
    assert.ok(Math.hypot(circle.x + circle.width / 2 - x, circle.y + circle.height / 2 - y) < 1.5);
    assert.match((await readout(page))!, /Zoom 156%/);
    await page.keyboard.press("0");
    assert.match((await readout(page))!, /Window 100%, level 50% · Zoom 100%/);
    // Window and level by dragging, zoom by the wheel.
    await page.keyboard.press("1");
    const [cx, cy] = await placeOf(page, 24, 24);
    await page.mouse.move(cx, cy);
    await page.mouse.down();
    await page.mouse.move(cx - 80, cy - 50, { steps: 4 });
    await page.mouse.up();
    assert.match((await readout(page))!, /Window 80%, level 60%/);
    await page.mouse.wheel(0, -500);
    await page.waitForFunction(() => document.querySelector(".readout")?.textContent.includes("Zoom 272%"));
    assert.deepEqual(errors, []);
  }));

test("opacity, threshold and colors change the map as they say; methods stand side by side and move together", { skip: noBrowser }, () =>
  withViewer({ perClass: 24, hasModel: true }, async (viewer) => {
    const { page, errors } = await openCase(viewer);
    const settle = async (label: string, value: number): Promise<void> => {
      await page.getByLabel(label, { exact: true }).fill(String(value));
      await page.waitForTimeout(50);
    };
    await settle("Opacity", 0.8);
    assert.equal(await page.locator("canvas.heat").first().evaluate((canvas) => (canvas as HTMLElement).style.opacity), "0.8");
    // Oracle: the made-up map, sixteen equal steps from 0 to 1; a threshold of 0.5 leaves half of it, less the smooth edge.
    await settle("Threshold", 0);
    const all = (await pixelsOf(page)).filter(([, , , opacity]) => opacity === 255).length;
    await settle("Threshold", 0.5);
    const half = (await pixelsOf(page)).filter(([, , , opacity]) => opacity === 255).length;
    assert.ok(Math.abs(half / all - 0.5) < 0.06, `${half} of ${all}`);
    await page.getByLabel("Colors").selectOption("inferno");
    await page.waitForTimeout(50);
    const last = colorMaps.inferno.colors.at(-1)!;
    const bright = [0, 2, 4].map((at) => Number.parseInt(last.slice(at, at + 2), 16));
    assert.ok((await pixelsOf(page)).some(([r, g, b]) => Math.hypot(r! - bright[0]!, g! - bright[1]!, b! - bright[2]!) < 8));
    await page.locator(".film").first().focus();
    await page.keyboard.press("h");
    assert.equal(await page.locator("canvas.heat").first().evaluate((canvas) => (canvas as HTMLCanvasElement).width), 0);
    await page.keyboard.press("h");

    // Another method and the image alone beside it.
    const methods = await viewer.server.people.viewer.call("methods");
    const other = methods.find(({ name, cost }) => cost === "one-pass" && name !== "grad-cam")!;
    await page.getByLabel("Its method").selectOption(other.name);
    await page.getByRole("button", { name: "Put beside it" }).click();
    await page.getByLabel("Its method").selectOption("none");
    await page.getByRole("button", { name: "Put beside it" }).click();
    await page.locator(".film").nth(2).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("canvas.heat[data-painted=true]").length === 2 && document.querySelectorAll(".film[data-rendered=true]").length === 3);
    assert.match(page.url(), new RegExp(`beside=[^&]*${other.name}`));
    const box = (await page.locator(".film").nth(1).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -500);
    await page.waitForFunction(() => [...document.querySelectorAll(".readout")].every((one) => one.textContent.includes("Zoom 272%")));
    const places = await page.evaluate(() => [...document.querySelectorAll<HTMLElement & { film: { place: (row: number, column: number) => number[] } }>(".film")].map((film) => film.film.place(20, 30).map(Math.round).join()));
    assert.equal(new Set(places).size, 1, places.join(" "));
    await page.getByRole("button", { name: /^Take away/ }).first().click();
    await page.waitForFunction(() => document.querySelectorAll(".film").length === 2);
    // What the network says of it.
    await page.getByText(/Cannot be excluded at 90%/).first().waitFor();
    assert.deepEqual(errors, []);
  }));

test("box, polygon and brush are drawn, saved, changed and given as DICOM; keys lead to the next case and the next filter", { skip: noBrowser }, () =>
  withViewer({ perClass: 4 }, async (viewer) => {
    const { page, errors } = await openCase(viewer);
    const { researcher } = viewer.server.people;
    await page.keyboard.press("8");
    await click(page, [[10, 10], [20, 30]]);
    await page.keyboard.press("9");
    await click(page, [[30, 8], [30, 20], [40, 20]]);
    await page.locator(".film").focus();
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.press("b");
    await page.getByLabel("Brush size").fill("2");
    const [[x0, y0], [x1, y1]] = [await placeOf(page, 44, 30), await placeOf(page, 44, 40)];
    await page.mouse.move(x0, y0);
    await page.mouse.down();
    await page.mouse.move(x1, y1, { steps: 5 });
    await page.mouse.up();
    await page.getByLabel("Title").fill("Three regions");
    await page.getByRole("button", { name: "Save the drawing" }).click();
    await page.getByText("Three regions").waitFor();
    const { items: [saved] } = await researcher.call("annotations", { query: { study: idOfRun } });
    assert.deepEqual(saved!.shapes.map(({ kind }) => kind), ["box", "polygon", "brush"]);
    const [box, , brush] = saved!.shapes;
    assert.ok(box?.kind === "box" && Math.abs(box.box.row - 10) < 0.2 && Math.abs(box.box.width - 20) < 0.4, JSON.stringify(box));
    // Oracle: a disc of radius 2 drawn over 10 pixels covers about 40 + 4π of them.
    const area = brush?.kind === "brush" ? brush.runs.filter((_, i) => i % 2 === 1).reduce((sum, length) => sum + length, 0) : 0;
    assert.ok(Math.abs(area - (40 + 4 * Math.PI)) < 8, String(area));
    for (const kind of ["seg", "sr"]) {
      const answer = await page.request.get(`${viewer.url}${(await page.locator(`a[href*="kind=${kind}"]`).getAttribute("href"))!}`);
      assert.equal((await answer.body()).toString("latin1", 128, 132), "DICM");
    }
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("button", { name: "Undo last" }).click();
    await page.getByRole("button", { name: "Save the drawing" }).click();
    await page.locator('a[href*="kind=seg"]').waitFor();
    const { items: [changed] } = await researcher.call("annotations", { query: { study: idOfRun } });
    assert.deepEqual([changed!.version, changed!.shapes.length], [2, 2]);

    const title = (): Promise<string | null> => page.locator("h1").textContent();
    const first = await title();
    await page.keyboard.press("n");
    await page.waitForFunction((before) => document.querySelector("h1") !== null && document.querySelector("h1")!.textContent !== before, first);
    await page.keyboard.press("p");
    await page.waitForFunction((before) => document.querySelector("h1")?.textContent === before, first);
    await page.keyboard.press("f");
    // Oracle: the made-up run, in which case 0 of each class is answered wrongly.
    await page.waitForURL(/filter=wrong/);
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
    await page.getByLabel("Show").selectOption("right");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 6);
    assert.deepEqual(errors, []);
  }));
