import assert from "node:assert/strict";
import test from "node:test";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { cellOfRun, idOfRun } from "../server/server.testkit.js";
import type { Role } from "../server/contract.js";
import { noBrowser, violationsOf, withViewer, type Visit } from "./viewer.testkit.js";

const settled = async ({ page }: Visit): Promise<void> => {
  await page.waitForLoadState("networkidle");
  // A page may wait for several answers.
  await page.waitForFunction(() => document.querySelector(".loading") === null);
};

test("axe finds nothing wrong with any page, in either theme, in any language, wide and on a tablet", { skip: noBrowser }, () =>
  withViewer({ hasModel: true }, async ({ server, visit }) => {
    const { researcher, administrator, reader } = server.people;
    const { items: [first] } = await researcher.call("cases", { params: { study: idOfRun }, query: {} });
    await researcher.call("makeAnnotation", { body: { study: idOfRun, case: first!.key, title: "Curve", note: "", shapes: [{ kind: "cobb", points: [[4, 4], [4, 20], [24, 4], [28, 20]] }, { kind: "brush", runs: [100, 20] }] } });
    const design = { title: "Readers and network", study: idOfRun, cell: cellOfRun, cases: { count: 4, seed: 1 }, readers: [reader.id], conditions: ["heat-map" as const], practice: 1 };
    const reading = await researcher.call("makeReading", { body: design });
    await researcher.call("openReading", { params: { reading: reading.id } });
    const draft = await researcher.call("makeReading", { body: design });
    const [assignment] = await reader.call("assignments");
    const dataSet = await researcher.call("importDataSet", { body: { name: "shapes", from: { kind: "csv", path: "labels.csv" } } });
    const { items: [model] } = await researcher.call("models", { query: {} });
    await researcher.call("deployModel", { params: { model: model!.id }, body: { note: "for trial" } });
    const { link } = await administrator.call("makeUser", { body: { name: "Otto", role: "reader" } });
    const caseAddress = `/studies/${idOfRun}/cases/${first!.key}`;
    await researcher.call("auditDataSet", { params: { dataset: dataSet.id } }).catch(() => undefined);
    const press = (...keys: readonly string[]) => async (page: Page): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const openFirst = (selector: string, opened: string) => async (page: Page): Promise<void> => {
      await page.locator(selector).first().click();
      await page.locator(opened).first().waitFor();
    };
    const write = (text: string, wanted: string) => async (page: Page): Promise<void> => {
      await page.locator("textarea").first().fill(text);
      await page.keyboard.press("Control+Space");
      await page.locator(wanted).first().waitFor();
    };
    const draw = async (page: Page): Promise<void> => {
      await page.keyboard.press("8");
      const { x, y, width, height } = (await page.locator(".film").boundingBox())!;
      await page.mouse.click(x + width * 0.45, y + height * 0.4);
      await page.mouse.click(x + width * 0.55, y + height * 0.6);
      await page.keyboard.press("b");
      await page.locator("form button[type=submit]").waitFor();
    };
    const signInWrongly = async (page: Page): Promise<void> => {
      await page.fill('input[name="name"]', "Ada");
      await page.fill('input[name="password"]', "not the right one");
      await page.locator("button.main").click();
      await page.locator(".notice.bad").waitFor();
    };
    const pages: readonly (readonly [address: string, as: Role | undefined, wait?: string, act?: (page: Page) => Promise<void>])[] = [
      // Dialogs and other states of pages.
      [caseAddress, "researcher", "canvas[data-painted=true]", press("?")], [caseAddress, "researcher", "canvas[data-painted=true]", draw], [`/readings/${draft.id}`, "researcher", ".head button", openFirst(".head button", "dialog[open]")],
      [`/datasets/${dataSet.id}`, "researcher", "tbody button", openFirst("tbody button", "dialog[open] form")], ["/studies/new", "researcher", ".notice", write("study: x\nval", ".offer")], ["/studies/new", "researcher", ".notice", write("study: x\nwrong: 1\n", ".wrong")],
      ["/", undefined, "form", signInWrongly], [`/read/${assignment!.id}`, "reader", "canvas[data-painted=true]", press("1")], [`/readings/${draft.id}/design`, "researcher", "form"],
      // Every page as it opens.
      ["/", undefined], [link.path, undefined], ["/studies", "viewer", "table"], [`/studies/${idOfRun}`, "researcher", ".matrix"], ["/studies/new", "researcher", "textarea"], [`/comparison?a=${idOfRun}`, "viewer"],
      [`/studies/${idOfRun}/cases?filter=wrong`, "viewer", "tbody a"], [caseAddress, "researcher", "canvas[data-painted=true]"], [`${caseAddress}?beside=${encodeURIComponent(cellOfRun)}~none`, "viewer", "canvas[data-painted=true]"],
      ["/readings", "researcher", "table"], ["/readings/new", "researcher", "form"], [`/readings/${reading.id}`, "researcher", "table"], [`/readings/${draft.id}`, "researcher", "h1"], ["/read", "reader", "section"], [`/read/${assignment!.id}`, "reader", "canvas[data-painted=true]"],
      ["/try", "viewer", "select"], ["/datasets", "researcher", "table"], [`/datasets/${dataSet.id}`, "researcher", "h1"], ["/models", "researcher", "table"], [`/models/${model!.id}`, "researcher", "dl"], ["/people", "administrator", "table"], ["/audit", "administrator", "table"], ["/account", "reader", "table"], ["/nowhere", "viewer", "h1"], ["/people", "viewer"],
    ];
    const found: string[] = [];
    for (const [k, [address, as, wait, act]] of pages.entries()) {
      for (const theme of ["light", "dark"] as const) {
        const visited = await visit(address, { ...(as && { as }), theme, width: theme === "dark" ? 820 : 1280, language: ["en-US", "de-DE", "zh-CN"][(k + (theme === "dark" ? 1 : 0)) % 3]! });
        if (wait !== undefined) await visited.page.locator(wait).first().waitFor({ state: "attached" });
        await settled(visited);
        await act?.(visited.page);
        found.push(...(await violationsOf(visited.page)).map((one) => `${address} (${theme}): ${one}`), ...visited.errors.map((error) => `${address}: ${error}`));
        const overflow = await visited.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (overflow > 0) found.push(`${address} (${theme}): ${overflow} px wider than the window`);
        await visited.page.context().close();
      }
    }
    assert.deepEqual(found, []);
  }));

test("a model is tried in the page, and once it is loaded nothing goes over the wire", { skip: noBrowser }, () =>
  withViewer({ hasModel: true }, async ({ server, visit, url }) => {
    const { items: [model] } = await server.people.researcher.call("models", { query: {} });
    await server.people.researcher.call("deployModel", { params: { model: model!.id }, body: { note: "" } });
    const { page, requests, errors } = await visit("/try", { as: "viewer" });
    const sockets: string[] = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    await page.click("section button.main");
    await page.locator("#sealed").waitFor();
    assert.ok(requests.every((request) => request.startsWith(url) || request.startsWith("data:")), requests.join(" "));
    const loaded = requests.length;
    const pixels = Uint8Array.from({ length: 90 * 60 }, (_, i) => (i * 7) % 251);
    const buffer = await sharp(pixels, { raw: { width: 60, height: 90, channels: 1 } }).toColourspace("b-w").png().toBuffer();
    await page.setInputFiles('input[type="file"]', { name: "film.png", mimeType: "image/png", buffer });
    await page.locator("#verdict").waitFor();
    await page.locator("canvas[data-painted=true]").waitFor();
    assert.ok(model!.labels.length > 1 && ["normal", "scoliosis", "other"].includes((await page.textContent("#verdict"))!));
    assert.deepEqual(requests.slice(loaded), []);
    // Oracle: the browser. What any code in the page would send is refused.
    const tries = ["fetch('/api/v1/me')", "fetch('https://example.org/')", "import('/icon.svg?module')", "new Promise((go, no) => { const image = new Image(); image.onload = go; image.onerror = no; image.src = '/icon.svg?' + Math.random(); })"];
    for (const attempt of tries) assert.equal(await page.evaluate(`${attempt}.then(() => "went out", () => "refused")`), "refused", attempt);
    await page.evaluate("navigator.sendBeacon('/beacon', 'pixels')");
    assert.deepEqual(requests.slice(loaded).filter((request) => request.includes("beacon")), []);
    assert.deepEqual(sockets, []);
    const axe = await page.context().newCDPSession(page).then(() => violationsOf(page));
    assert.deepEqual(axe, []);
    assert.deepEqual(errors.filter((error) => !/Content Security Policy|Refused|Failed to fetch/i.test(error)), []);
    // Leaving loads another page, which may ask the server again.
    await page.click('nav a[href="/studies"]');
    await page.locator("tbody a").waitFor();
  }));
