import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { seededRandom } from "../base/index.js";
import { serveFolder } from "../cli/serve-folder.js";
import { writePage } from "../cli/write-page.js";
import { explainedGraph } from "../explain/index.js";
import type { Preprocessing } from "../images/index.js";
import { buildNetwork, initializeWeights, writeBundle, type ArchitectureName } from "../models/index.js";
import type { OpenOptions } from "./contract.js";

export const chromiumFile = "/usr/bin/chromium";
/** Why no page is opened, or false where a browser is here. */
export const noBrowser: string | false = existsSync(chromiumFile) ? false : `no browser at ${chromiumFile}`;

/** What the browser needs for WebGPU without a graphics processor. */
export const softwareGpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan", "--use-vulkan=swiftshader"];

/** A page in a browser, with every request it has made. */
export interface OpenPage {
  readonly page: Page;
  readonly url: string;
  readonly requests: readonly string[];
  /** Errors that nobody caught. */
  readonly errors: readonly string[];
}

type Bundling = { bundleBrowser: (folder: string) => Promise<void>; bundleForPages: (entry: string, options: object) => Promise<unknown> };

/** Bundles the source as the build does. */
export async function bundleSource(folder: string): Promise<void> {
  const { bundleBrowser } = (await import(pathToFileURL(path.resolve("scripts/bundle-browser.mjs")).href)) as Bundling;
  await bundleBrowser(folder);
}

/** Writes the page of a model, with the library beside it, serves it, and opens a browser. */
export async function withPages<T>(model: string, folder: string, options: { readonly args?: readonly string[] }, use: (browser: Browser, url: string) => Promise<T>): Promise<T> {
  await bundleSource(path.join(folder, "bundle"));
  const served = path.join(folder, "page");
  await writePage(model, served, { bundle: path.join(folder, "bundle/page") });
  await copyFile(path.join(folder, "bundle/osteon.js"), path.join(served, "osteon.js"));
  const server = await serveFolder(served, { port: 0 });
  const browser = await chromium.launch({ executablePath: chromiumFile, args: ["--no-sandbox", ...(options.args ?? [])] });
  try {
    return await use(browser, server.url);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Opens an address in a new page. */
export async function openPage(browser: Browser, url: string): Promise<OpenPage> {
  const page = await browser.newPage();
  const [requests, errors]: [string[], string[]] = [[], []];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  return { page, url, requests, errors };
}

/** Waits until something holds in the page, or fails with what it says. */
export async function waitFor(page: Page, what: string, failure = "failure"): Promise<void> {
  // The page's policy forbids what the driver's own waiting needs.
  for (let waited = 0; waited < 2000; waited++) {
    const said = await page.textContent(`#${failure}`);
    if (said) throw new Error(`the page says: ${said}`);
    if (await page.evaluate<boolean>(what)) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`the page never came to ${what}`);
}

/** Runs code in the page. The answer crosses as text: the driver looks at every number of an array. */
export async function ask<T>(page: Page, code: string): Promise<T> {
  const tools = "const bytesOf = (list) => Uint8Array.from(list); const answerOf = (p) => ({ label: p.label, probabilities: p.probabilities, map: [...p.map.values], pixels: [...p.image.pixels] });";
  return JSON.parse(await page.evaluate<string>(`(async () => JSON.stringify(await (async () => { ${tools} ${code} })()))()`)) as T;
}

/** Code that has the library and the model, which a page opens once. */
export function openPrograms(options: OpenOptions): string {
  return `const osteon = await import("/osteon.js"); const model = (globalThis.opened ??= await osteon.openModel("/model.onnx", ${JSON.stringify(options)}));`;
}

const labels = ["normal", "scoliosis", "other"];

/** A model file of a network with drawn weights, explained and described as a study does it. */
export async function makeModel(folder: string, architecture: ArchitectureName, size: number): Promise<string> {
  const network = buildNetwork(architecture, { classes: labels.length, inputSize: size });
  const graph = explainedGraph(network, initializeWeights(network, seededRandom("page", architecture)));
  const file = path.join(folder, `${architecture}.onnx`);
  const preprocessing: Preprocessing = { channels: "grey", size, resize: "letterbox", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], fill: 0 };
  await writeBundle(file, { graph, metadata: { version: 1, architecture, labels, preprocessing, camLayer: network.camLayer, training: {} } });
  return file;
}

/** A folder that is gone afterwards. */
export async function inScratchFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-browser-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Pearson's correlation. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [p, q] = [mean(a), mean(b)];
  let [top, left, right] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    top += (value - p) * (b[i]! - q);
    left += (value - p) ** 2;
    right += (b[i]! - q) ** 2;
  }
  return top / Math.sqrt(left * right);
}
