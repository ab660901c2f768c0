import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { seededRandom } from "../base/index.js";
import { freePort } from "../files/free-port.testkit.js";
import { verifyChain } from "./audit/chain.js";
import { clusterVariable, newDatabase } from "./cluster.testkit.js";
import { ApiError, createClient } from "./contract/client.js";
import { cellOfRun, idOfRun, labelsOfRun, makeRunFolder, openTestServer } from "./server.testkit.js";
import { Store } from "./store/store.js";

export interface SiegeOptions {
  readonly readers: number;
  readonly perClass: number;
  readonly cases: number;
  readonly kills: number;
  readonly seconds: number;
  /** Mean time a reader takes over a case. */
  readonly thinkMs: number;
}

export interface Siege {
  /** Submission of each acknowledged read, by item, with what was said. */
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly doubled: number;
  readonly changed: readonly string[];
  readonly stored: number;
  readonly kills: number;
  /** Of submissions that the first attempt answered. */
  readonly p50: number;
  readonly p95: number;
  readonly slowest: number;
  readonly isChainIntact: boolean;
}

/** A server in a process of its own, once it answers. */
export function startServer(settings: Record<string, unknown>): Promise<ChildProcess> {
  const child = fork(new URL("./submissions-server.testkit.js", import.meta.url), [JSON.stringify(settings)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  return new Promise((resolve, reject) => {
    child.once("message", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError;

/** Readers at work at once, while the server is killed again and again: what was acknowledged, and what is stored afterwards. */
export async function besiegeReading({ readers, perClass, cases, kills, seconds, thinkMs }: SiegeOptions): Promise<Siege> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-siege-"));
  const { [clusterVariable]: cluster } = process.env;
  const database = cluster === undefined ? undefined : await newDatabase(cluster);
  const root = path.join(folder, "work");
  const place = { root, ...(database !== undefined && { database }) };
  try {
    await makeRunFolder(root, { perClass });
    const setup = await openTestServer(place);
    const people = [];
    for (let i = 0; i < readers; i++) people.push(await setup.invite("reader", `Reader ${i}`));
    const { researcher } = setup.people;
    const { id } = await researcher.call("makeReading", { body: { title: "Siege", study: idOfRun, cell: cellOfRun, cases: { count: cases }, readers: people.map((one) => one.id), conditions: ["alone", "network"] } });
    await researcher.call("openReading", { params: { reading: id } });
    const tokens = await Promise.all(people.map(async (one) => (await one.call("makeToken", { body: { name: "siege", scopes: ["read", "write"] } })).token));
    await setup.close();

    const port = await freePort();
    let server = await startServer({ ...place, port });
    const acknowledged = new Map<string, { readonly submission: string; readonly label: string }>();
    const times: number[] = [];
    let isOver = false;
    const read = async (token: string, number: number): Promise<void> => {
      const client = createClient({ base: `http://127.0.0.1:${port}`, token });
      const random = seededRandom("siege", number);
      /** Asks until there is an answer: a server that is away comes back. */
      const untilAnswered = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
        for (;;) {
          try {
            return await ask();
          } catch (error) {
            if (isRefusal(error)) throw error;
            if (isOver) return undefined;
            await wait(50 + random.integer(100));
          }
        }
      };
      const sessions = (await untilAnswered(() => client.call("assignments"))) ?? [];
      for (const { id: assignment } of sessions) {
        while (!isOver) {
          const next = await untilAnswered(() => client.call("nextItem", { params: { assignment } }));
          if (next?.item === undefined) break;
          const { item } = next;
          await wait(thinkMs * (0.5 + random.uniform()));
          const body = { submission: randomUUID(), label: random.pick(labelsOfRun), confidence: random.integer(101), seconds: 1 };
          let attempts = 0;
          let took = 0;
          const done = await untilAnswered(() => {
            attempts += 1;
            const from = performance.now();
            return client.call("submitRead", { params: { item: item.id }, body }).finally(() => (took = performance.now() - from));
          });
          if (done === undefined) return;
          if (attempts === 1) times.push(took);
          acknowledged.set(item.id, body);
        }
      }
    };
    let killed = 0;
    const killing = (async () => {
      const random = seededRandom("kills", readers);
      for (let i = 0; i < kills && !isOver; i++) {
        await wait((seconds * 1000 * (0.5 + random.uniform())) / (kills + 1));
        const gone = new Promise((resolve) => server.once("exit", resolve));
        server.removeAllListeners("message");
        server.kill("SIGKILL");
        await gone;
        killed += 1;
        server = await startServer({ ...place, port });
      }
    })();
    const reading = Promise.all(tokens.map(read));
    await Promise.race([reading, killing.then(() => wait(0)).then(() => reading), wait(seconds * 1000)]);
    await killing;
    isOver = true;
    await reading;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;

    const store = await Store.open({ folder: path.join(root, ".osteon"), ...(database !== undefined && { database }) });
    const rows = await store.db.selectFrom("reads").selectAll().execute();
    const { intact } = await verifyChain(store.db);
    await store.close();
    const kept = new Map(rows.map((row) => [row.item_id, row]));
    const sorted = times.sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return {
      acknowledged: acknowledged.size,
      lost: [...acknowledged.keys()].filter((item) => !kept.has(item)),
      doubled: rows.length - new Set(rows.map(({ item_id: item }) => item)).size,
      changed: [...acknowledged].flatMap(([item, { submission, label }]) => (kept.has(item) && (kept.get(item)!.submission !== submission || kept.get(item)!.label !== label) ? [item] : [])),
      stored: rows.length,
      kills: killed,
      p50: at(0.5), p95: at(0.95), slowest: sorted.at(-1) ?? 0,
      isChainIntact: intact,
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
