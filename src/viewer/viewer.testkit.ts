import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import sharp from "sharp";
import { chromiumFile, makeModel } from "../browser/browser.testkit.js";
import { sha256 } from "../files/index.js";
import { beginSession, sessionCookie } from "../server/people/sessions.js";
import type { Role } from "../server/contract.js";
import { cellOfRun, makeRunFolder, openTestServer, type TestServer } from "../server/server.testkit.js";

export { noBrowser } from "../browser/browser.testkit.js";

/** Folder of the built pages; built now where the tests run without a build. */
async function builtPages(): Promise<string> {
  const folder = fileURLToPath(new URL("./page", import.meta.url));
  if (!existsSync(path.join(folder, "index.html"))) {
    const { bundleViewer } = (await import(pathToFileURL(path.resolve("scripts/bundle-viewer.mjs")).href)) as { bundleViewer: (folder: string) => Promise<unknown> };
    await bundleViewer(folder);
  }
  return folder;
}

/** A page of the viewer with what went over the wire and what went wrong. */
export interface Visit {
  readonly page: Page;
  readonly requests: string[];
  /** Errors that nobody caught, and what the browser complains of. */
  readonly errors: string[];
}

export interface ViewerTest {
  readonly server: TestServer;
  readonly url: string;
  readonly browser: Browser;
  /** A page of its own browser context; of somebody signed in, where a role or a person's id is given. */
  readonly visit: (address: string, options?: { readonly as?: Role | { readonly id: string }; readonly theme?: "dark" | "light"; readonly width?: number; readonly language?: string; /** Name of the server in the address; its number where left out. */ readonly host?: string; /** Milliseconds that the browser has for its own new window before the address is opened. */ readonly rest?: number }) => Promise<Visit>;
}

/** Puts a model that runs into the first fold of the made-up run. */
async function addModel(root: string, folder: string): Promise<void> {
  const made = await makeModel(folder, "resnet18-tiny", 64);
  const file = path.join(root, "run/tasks", cellOfRun, "seed-1/fold-1/model.onnx");
  await mkdir(path.dirname(file), { recursive: true });
  await cp(made, file);
  const results = path.join(root, "run/results.json");
  const text = await readFile(results, "utf8");
  await writeFile(results, text.replaceAll("ab".repeat(32), sha256(await readFile(made))));
}

interface FilmSize {
  readonly height: number;
  readonly width: number;
}

/** Makes the images of the made-up run as large as films, with a film's noise, and lets the run know them. */
async function growImages(root: string, { height, width }: FilmSize): Promise<void> {
  const table = path.join(root, "run/predictions.csv");
  let text = await readFile(table, "utf8");
  const noise = await sharp({ create: { height, width, channels: 3, background: "black", noise: { type: "gaussian", mean: 8, sigma: 3 } } }).greyscale().png().toBuffer();
  for (const name of await readdir(path.join(root, "images"))) {
    const file = path.join(root, "images", name);
    const small = await readFile(file);
    const large = await sharp(await sharp(small).greyscale().resize({ height, width, fit: "fill", kernel: "cubic" }).toBuffer()).composite([{ input: noise, blend: "add" }]).greyscale().png().toBuffer();
    await writeFile(file, large);
    text = text.replaceAll(sha256(small), sha256(large));
  }
  await writeFile(table, text);
}

/** The real server on this machine, on a made-up run, with the built pages and a browser. */
export async function withViewer<T>({ perClass = 8, hasModel = false, film }: { readonly perClass?: number; readonly hasModel?: boolean; /** Pixels of the images, where they are to be as large as radiographs. */ readonly film?: FilmSize }, work: (test: ViewerTest) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-viewer-"));
  const root = path.join(folder, "work");
  await makeRunFolder(root, { perClass });
  if (hasModel) await addModel(root, folder);
  if (film) await growImages(root, film);
  const server = await openTestServer({ root, viewer: await builtPages() });
  const url = await server.listen(0);
  const browser = await chromium.launch({ executablePath: chromiumFile, args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
  const visit: ViewerTest["visit"] = async (address, { as, theme = "light", width = 1280, language = "en-US", host = "127.0.0.1", rest = 0 } = {}) => {
    const site = url.replace("127.0.0.1", host);
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme, locale: language });
    if (as !== undefined) {
      const { id } = typeof as === "string" ? server.people[as] : as;
      const session = await server.bench.store.write(({ tx }) => beginSession(tx, id, "test"));
      await context.addCookies([{ name: sessionCookie, value: session.token, url: site, httpOnly: true, sameSite: "Strict" }]);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(180_000);
    const [requests, errors]: [string[], string[]] = [[], []];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(String(error)));
    // A refusal of the server is shown by the page; the browser's own line about it says nothing more.
    page.on("console", (message) => message.type() === "error" && !message.text().startsWith("Failed to load resource") && errors.push(message.text()));
    if (rest > 0) await page.waitForTimeout(rest);
    await page.goto(`${site}${address}`);
    return { page, requests, errors };
  };
  try {
    return await work({ server, url, browser, visit });
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

let axe: string | undefined;

/** What axe finds wrong with a page by WCAG 2.2 AA and its best practices. */
export async function violationsOf(page: Page): Promise<string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const found = JSON.parse(await page.evaluate<string>(`axe.run(document).then(({ violations }) => JSON.stringify(violations))`)) as AxeViolation[];
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
}
