import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import type { Page } from "playwright-core";
import { password } from "../server/server.testkit.js";
import { noBrowser, withViewer } from "./viewer.testkit.js";

/** Asks again, as a person would, until it is there. */
async function askUntil(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) {
    await page.getByRole("button", { name: "Try again" }).click({ timeout: 1000 }).catch(() => undefined);
    await page.waitForTimeout(200);
  }
}

test("a data set is imported and uploaded by the page, and a label is corrected with its history", { skip: noBrowser }, () =>
  withViewer({ perClass: 6 }, async ({ visit }) => {
    const { page, errors } = await visit("/datasets", { as: "researcher" });
    await page.getByLabel("Name").fill("Shapes");
    await page.getByLabel("From").selectOption("csv");
    await page.getByLabel(/^Path/).fill("labels.csv");
    await page.getByRole("button", { name: "Import" }).click();
    await page.waitForURL(/datasets\/\w/);
    await askUntil(page, async () => (await page.locator("tbody button").count()) > 0);
    await page.getByLabel("Class").selectOption("stripes");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 6);
    await page.locator("tbody button").first().click();
    const dialog = page.locator("dialog[open]");
    await dialog.getByLabel("Correct the label").selectOption("square");
    await dialog.getByLabel("Why").fill("Read by two of us.");
    await dialog.getByRole("button", { name: "Save" }).click();
    // Of six, one is no longer of this class.
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 5);
    await page.getByLabel("Class").selectOption("square");
    await page.getByRole("button", { name: "images/stripes-0.png" }).click();
    await dialog.getByText("imported as stripes").waitFor();
    assert.match((await dialog.locator("ul").textContent())!, /Rosa: stripes → square\. Read by two of us\./);
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Search for them" }).click();
    await askUntil(page, async () => (await page.getByRole("button", { name: "Search again" }).count()) > 0);

    await page.goto(page.url().replace(/datasets\/.*/, "datasets"));
    await page.getByLabel("Name").fill("Uploaded");
    await page.getByLabel("From").selectOption("upload");
    await page.locator('input[type="file"]').setInputFiles(path.resolve("test/fixtures/server/shapes.zip"));
    await page.getByRole("button", { name: "Import" }).click();
    await page.waitForURL(/datasets\/\w/);
    await askUntil(page, async () => (await page.locator("tbody button").count()) > 0);
    await page.getByText("4 cases").first().waitFor();
    assert.deepEqual(errors, []);
  }));

test("a model is deployed and withdrawn, a person's role is changed, and the chain of the audit log holds", { skip: noBrowser }, () =>
  withViewer({ perClass: 4, hasModel: true }, async ({ server, visit }) => {
    const { page, errors } = await visit("/models", { as: "researcher" });
    await page.locator("tbody a").first().click();
    await page.getByLabel("Why, for the history").fill("for trial");
    await page.getByRole("button", { name: "Deploy" }).click();
    await page.getByText("Rosa: deployed. for trial").waitFor();
    await page.getByRole("button", { name: "Retire" }).click();
    await page.getByText("Rosa: retired").waitFor();
    assert.deepEqual(errors, []);

    const { page: admin, errors: failures } = await visit("/people", { as: "administrator" });
    await admin.getByLabel("Role: Viktor").selectOption("researcher");
    await admin.getByRole("button", { name: "Disable: Rita" }).click();
    await admin.getByRole("button", { name: "Enable: Rita" }).waitFor();
    const { items: people } = await server.people.administrator.call("users", { query: {} });
    assert.deepEqual(["Viktor", "Rita"].map((name) => people.find((one) => one.name === name)).map((one) => [one!.role, one!.state]), [["researcher", "active"], ["reader", "disabled"]]);
    await admin.goto(admin.url().replace("/people", "/audit"));
    await admin.getByRole("button", { name: "Check the chain" }).click();
    await admin.getByText(/^Intact: \d/).waitFor();
    await admin.getByRole("button", { name: "Back up now" }).click();
    await admin.getByText(/\.osteon-backup/).first().waitFor();
    assert.deepEqual(failures, []);
  }));

test("one signs in by password, adds a passkey, signs in with it, and chooses language and theme for every visit", { skip: noBrowser }, () =>
  withViewer({ perClass: 4 }, async ({ server, visit }) => {
    const { link } = await server.people.administrator.call("makeUser", { body: { name: "Petra", role: "viewer" } });
    const { page } = await visit(link.path, { host: "localhost" });
    await page.fill('input[name="password"]', password);
    await page.fill('input[name="repeat"]', `${password}!`);
    await page.click("button.main");
    await page.getByText("The two passwords differ.").waitFor();
    await page.fill('input[name="repeat"]', password);
    await page.click("button.main");
    await page.getByRole("link", { name: "Petra" }).click();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true } });
    const passkeys = page.locator("section", { has: page.getByRole("heading", { name: "Passkeys" }) });
    await passkeys.getByLabel("Name").fill("This laptop");
    await passkeys.getByRole("button", { name: "Add a passkey" }).click();
    await passkeys.getByText("This laptop").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.fill('input[name="name"]', "Petra");
    await page.fill('input[name="password"]', "not the right one");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.locator(".notice.bad").waitFor();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByRole("link", { name: "Petra" }).waitFor();

    await page.goto(page.url().replace(/(localhost:\d+).*/, "$1/account"));
    await page.getByLabel("Language").selectOption("de");
    await page.getByLabel("Farbschema").selectOption("dark");
    await page.getByRole("heading", { name: "Darstellung" }).waitFor();
    await page.waitForTimeout(300);
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    // Kept with the person, not with the browser.
    await page.getByRole("heading", { name: "Darstellung" }).waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "dark");
    await page.getByLabel("Name").last().fill("export");
    await page.getByRole("button", { name: "Token erzeugen" }).click();
    assert.match((await page.locator(".notice.good code").textContent())!, /\w{20}/);
  }));
