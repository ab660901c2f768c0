import { mkdir, realpath } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pino, type DestinationStream } from "pino";
import { DataError, InputError } from "../base/index.js";
import { system } from "./audit/chain.js";
import { makeApp } from "./http/app.js";
import { allowedHosts } from "./http/hosts.js";
import { Jobs } from "./jobs.js";
import { setupLink } from "./people/links.js";
import type { OpenIdOptions } from "./people/open-id.js";
import { DiskCache } from "./store/disk-cache.js";
import { Store, type StoreOptions } from "./store/store.js";
import { CaseFiles } from "./studies/case-files.js";
import { CasePictures } from "./studies/case-picture.js";
import { RunCatalog } from "./studies/run-catalog.js";
import { MapMaker } from "./studies/map-maker.js";
import { StudyRunner, type LocalBudget } from "./studies/runner.js";
import type { Workbench } from "./workbench.js";
import type { FastifyInstance } from "fastify";

export interface ServerOptions {
  /** Folder whose runs, tables and images are served. */
  readonly root: string;
  /** Folder of the store; `.osteon` in the root where left out. */
  readonly store?: string;
  /** `postgres://...`; the embedded database where left out. */
  readonly database?: string;
  readonly files?: StoreOptions["files"];
  readonly version: string;
  /** Folder of the viewer's built files. */
  readonly viewer: string;
  /** Folder of recipes to begin from. */
  readonly recipes: string;
  /** Address of this server as people call it; needed behind a proxy. */
  readonly publicUrl?: string;
  /** Tables and folders of images that lie elsewhere. */
  readonly tables?: readonly string[];
  readonly weights?: Readonly<Record<string, string>>;
  readonly pacs?: Workbench["pacs"];
  readonly openId?: Omit<OpenIdOptions, "url">;
  /** Command that starts Osteon on the nodes of a cluster; without it no study goes to Slurm. */
  readonly command?: readonly string[];
  /** What studies may use of this machine. */
  readonly local?: LocalBudget;
  readonly trustsProxy?: boolean;
  /** Time between two signs of life of a stream of events; 15 s where left out. */
  readonly beatMs?: number;
  /** Without limits of rate: for tests of load. */
  readonly unlimited?: boolean;
  readonly host?: string;
  /** Where the log goes; nowhere where left out. */
  readonly log?: DestinationStream;
  /** Called where the hold on the store is lost: the process must end. */
  readonly onLost?: (reason: string) => void;
}

export interface OpenServer {
  readonly app: FastifyInstance;
  readonly bench: Workbench;
  /** Path of the one-time link that makes the administrator; none where there is one. */
  readonly setup: string | undefined;
  /** Answers on a port; 0 takes a free one. @returns the address */
  listen(port: number): Promise<string>;
  close(): Promise<void>;
}

/** Opens store and folder, and makes the server ready to answer. */
export async function openServer(options: ServerOptions): Promise<OpenServer> {
  const { host = "127.0.0.1", publicUrl, database, version } = options;
  await mkdir(options.root, { recursive: true });
  const root = await realpath(options.root);
  if (publicUrl !== undefined && !URL.canParse(publicUrl)) throw new InputError("url", `--url: expected an address such as https://osteon.example.org, got "${publicUrl.slice(0, 80)}". Correct it.`);
  // Names of people, cases and files stay out of the log: it tells what failed, and when.
  const log = options.log === undefined ? pino({ level: "silent" }) : pino({ level: "warn", base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ["req", "res"] }, options.log);
  const say = (message: string, error: unknown): void => log.error({ err: error }, message);
  const store = await Store.open({ folder: options.store ?? path.join(root, ".osteon"), ...(database !== undefined && { database }), ...(options.files && { files: options.files }), ...(options.onLost && { onLost: options.onLost }) });
  try {
    const catalog = new RunCatalog(store, root, say);
    const files = new CaseFiles(catalog, options.tables ?? []);
    const cache = new DiskCache(path.join(store.folder, "cache"), { mostBytes: 4 * 2 ** 30 });
    const bench: Workbench = {
      store, root, catalog, files,
      pictures: new CasePictures(files, cache), cache,
      maps: new MapMaker(),
      runner: new StudyRunner(store, catalog, { version, say, weights: options.weights ?? {}, ...(options.local && { local: options.local }), ...(options.command && { command: options.command }), ...(database !== undefined && { database }) }),
      jobs: new Jobs(say),
      ...(options.openId && { openId: await (await import("./people/open-id.js")).OpenId.open({ ...options.openId, url: publicUrl ?? `http://${host}` }) }),
      pacs: options.pacs ?? {},
      log, version,
      startedAt: new Date().toISOString(),
      viewer: options.viewer,
      recipes: options.recipes,
      isSecure: publicUrl?.startsWith("https:") === true,
      ...(publicUrl !== undefined && { publicUrl }),
      hosts: allowedHosts(host, publicUrl),
      trustsProxy: options.trustsProxy === true,
      limitsRates: options.unlimited !== true,
      beatMs: options.beatMs ?? 15_000,
    };
    await bench.runner.recover();
    await recoverJobs(store);
    await store.record({ actor: system, action: "server.start", details: { version } });
    const setup = await setupLink(store);
    const app = await makeApp(bench);
    // Runs are taken in beside the first requests: a page is there at once.
    const warming = catalog
      .look()
      .then(() => warmCases(bench))
      .catch((error: unknown) => say("the folder could not be read", error));
    return { app, bench, setup: setup?.path, listen: (port) => listen(app, store, { host, port }), close: () => close(app, bench, warming) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What a case's page needs is loaded by the time somebody opens one: the newest study's table, and what reads pictures. */
async function warmCases({ store, catalog, files, pictures }: Workbench): Promise<void> {
  const row = await store.db.selectFrom("studies").selectAll().where("removed", "=", 0).where("stamp", "!=", "").orderBy("created_at", "desc").limit(1).executeTakeFirst();
  const results = row && (await catalog.results(row));
  if (row === undefined || results === undefined) return;
  await Promise.all([files.cases(row, results), import("../explain/index.js")]);
  const first = await store.db.selectFrom("study_cases").selectAll().where("study_id", "=", row.id).orderBy("name").limit(1).executeTakeFirst();
  if (first !== undefined) await pictures.png(row, results, first);
}

async function listen(app: FastifyInstance, store: Store, { host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DataError("port", `port ${port}: expected one that can be listened on, got ${code ?? (error as Error).message}. Choose another with --port.`, { cause: error });
  }
  const address = `http://${host.includes(":") ? `[${host}]` : host === "0.0.0.0" ? "127.0.0.1" : host}:${(app.server.address() as AddressInfo).port}`;
  await store.say(address);
  return address;
}

/** Imports and audits that a server before this one did not finish are failed: nobody works on them. */
async function recoverJobs(store: Store): Promise<void> {
  await store.write(async ({ tx }) => {
    await tx.updateTable("datasets").set({ state: "failed", problem: "The server ended while it imported. Import again." }).where("state", "=", "importing").execute();
    await tx.updateTable("datasets").set({ audit_state: "failed" }).where("audit_state", "=", "running").execute();
  });
}

async function close(app: FastifyInstance, bench: Workbench, warming: Promise<void>): Promise<void> {
  // Pages that listen for events would keep the server open.
  app.server.closeAllConnections();
  await app.close();
  await bench.runner.close();
  await bench.jobs.close();
  await bench.catalog.idle();
  await warming;
  await bench.store.close();
}
