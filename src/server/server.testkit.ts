import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import { csvText } from "../base/index.js";
import { sha256 } from "../files/index.js";
import { sampleResults } from "../study/report/sample.testkit.js";
import { makeShapeTable } from "../study/tiny-study.testkit.js";
import type { StudyResults } from "../study/index.js";
import type { Role } from "./contract/route.js";
import { clusterVariable, newDatabase } from "./cluster.testkit.js";
import { createClient, type Client } from "./contract/client.js";
import { studyIdOf } from "./studies/index-run.js";
import { beginSession, sessionCookie } from "./people/sessions.js";
import { addUser } from "./people/users.js";
import { openServer, type OpenServer, type ServerOptions } from "./start-server.js";

export const cellOfRun = "mobilenet_v2/scratch";
export const labelsOfRun = ["square", "stripes"];
export const idOfRun = studyIdOf("run");
export const password = "a long enough password";

/** Case i of a label is answered wrongly where i is a multiple of 4. */
function answerOf(label: number, i: number): number[] {
  const sure = 0.6 + 0.03 * (i % 10);
  const wrong = i % 4 === 0;
  return (label === 0) !== wrong ? [sure, 1 - sure] : [1 - sure, sure];
}

/** A folder with images, their table and a finished run of two folds and one cell, made up and not trained. */
export async function makeRunFolder(root: string, { perClass = 8 }: { readonly perClass?: number } = {}): Promise<void> {
  await mkdir(root, { recursive: true });
  await makeShapeTable(root, { perClass });
  const sample = sampleResults(labelsOfRun);
  const [cell] = sample.cells;
  const count = 2 * perClass;
  const results: StudyResults = { ...sample, cells: [{ ...cell!, folds: cell!.folds.slice(0, 2).map((fold) => ({ ...fold, model: { file: `tasks/${cellOfRun}/seed-1/fold-${fold.fold}/model.onnx`, sha256: "ab".repeat(32) } })) }], comparisons: [], data: { ...sample.data, source: "labels.csv", where: {}, cases: count, labels: labelsOfRun }, recipe: { ...sample.recipe, image: { size: 32, resize: "stretch" } } };
  const run = path.join(root, "run");
  await mkdir(run, { recursive: true });
  const rows = await Promise.all(
    labelsOfRun.flatMap((label, k) =>
      Array.from({ length: perClass }, async (_, i) => {
        const name = `images/${label}-${i}.png`;
        const probabilities = answerOf(k, i);
        const predicted = probabilities[0]! > probabilities[1]! ? 0 : 1;
        return { name, label: k, fold: 1 + (i % 2), predicted, probabilities, image: sha256(await readFile(path.join(root, name))), patient: `${k}${i >> 1}` };
      }),
    ),
  );
  const head = ["cell", "seed", "fold", "case", "label", "predicted", "correct", ...labelsOfRun.map((label) => `probability_${label}`), "map_inside_region", "region_share", "window_overlap", "window_center_error", "patient", "image_sha256"];
  await writeFile(path.join(run, "predictions.csv"), csvText([head, ...rows.map((row) => [cellOfRun, 1, row.fold, row.name, labelsOfRun[row.label]!, labelsOfRun[row.predicted]!, row.label === row.predicted ? 1 : 0, ...row.probabilities, 0.2 + 0.01 * row.label, 0.3, "", "", row.patient, row.image])]));
  for (const fold of [1, 2]) {
    const own = rows.filter((row) => row.fold === fold);
    const maps = new Float32Array(own.length * 16).map((_, i) => (i % 16) / 15);
    const record = {
      format: 1, key: "made", cell: cellOfRun, seed: 1, fold, counts: { train: count - own.length, validation: 0, test: own.length }, parameters: { total: 1, trained: 1 }, history: [], bestEpoch: 1, stoppedEarly: false, seconds: 1, weightsSha256: "00",
      predictions: own.map((row) => ({ case: row.name, label: row.label, predicted: row.predicted, probabilities: row.probabilities, relevance: 0.2, regionShare: 0.3 })),
      maps: { height: 4, width: 4, values: Buffer.from(maps.buffer).toString("base64") },
    };
    const folder = path.join(run, "tasks", ...cellOfRun.split("/"), "seed-1", `fold-${fold}`);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "task.json"), JSON.stringify(record));
  }
  await writeFile(path.join(run, "report.html"), "<!doctype html><title>report</title>");
  await writeFile(path.join(run, "results.json"), JSON.stringify(results));
}

/** `fetch` that asks a server in this process, and keeps its cookies as a browser does. */
export function inProcess(app: FastifyInstance, cookie = ""): typeof fetch {
  return async (input, init = {}) => {
    const url = String(input);
    const answer = await app.inject({
      method: (init.method ?? "GET") as "GET",
      url,
      headers: { host: "localhost", ...(init.headers as Record<string, string>), ...(cookie !== "" && { cookie }) },
      ...(init.body !== undefined && init.body !== null && { payload: typeof init.body === "string" ? init.body : Buffer.from(init.body as ArrayBuffer) }),
    });
    for (const set of [answer.headers["set-cookie"] ?? []].flat()) if (set.startsWith("osteon_session=")) cookie = set.split(";")[0]!;
    const headers = new Headers(Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])));
    return new Response([204, 304].includes(answer.statusCode) ? null : new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers });
  };
}

/** Somebody who is signed in. */
export interface SignedIn extends Client {
  readonly id: string;
  readonly csrf: string;
}

/** Somebody with a session. No password is made: that takes its time by design. */
async function signIn({ app, bench: { store } }: OpenServer, role: Role, name: string, group?: string): Promise<SignedIn> {
  const { user, session } = await store.write(async ({ tx }) => {
    const user = await addUser(tx, { name, role, state: "active", ...(group !== undefined && { group }) });
    return { user, session: await beginSession(tx, user.id, "test") };
  });
  const client = createClient({ fetch: inProcess(app, `${sessionCookie}=${session.token}`) });
  client.setCsrf(session.csrf);
  return { ...client, id: user.id, csrf: session.csrf };
}

/** A server in this process with somebody of every role. */
export interface TestServer extends OpenServer {
  readonly root: string;
  readonly people: Readonly<Record<Role, SignedIn>>;
  /** Another person, signed in. */
  invite(role: Role, name: string, group?: string): Promise<SignedIn>;
}

export async function openTestServer(options: Partial<ServerOptions> & Pick<ServerOptions, "root">, { names: [ada, rosa, rita, viktor] = ["Ada", "Rosa", "Rita", "Viktor"] }: { /** Where those of others are taken. */ readonly names?: readonly [string, string, string, string] } = {}): Promise<TestServer> {
  const server = await openServer({ version: "0.0.0", viewer: path.join(options.root, "no-viewer"), recipes: path.resolve("recipes"), unlimited: true, ...options });
  await server.bench.catalog.look({ force: true });
  const invite = (role: Role, name: string, group?: string): Promise<SignedIn> => signIn(server, role, name, group);
  const people = { administrator: await invite("administrator", ada), researcher: await invite("researcher", rosa), reader: await invite("reader", rita, "radiologists"), viewer: await invite("viewer", viktor) };
  return { ...server, root: options.root, people, invite };
}

/** Opens a server on a made-up run, in a folder of its own that goes afterwards. */
export async function withTestServer<T>(options: Partial<ServerOptions> & { readonly perClass?: number }, work: (server: TestServer) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-server-"));
  try {
    const root = path.join(folder, "work");
    const { [clusterVariable]: cluster } = process.env;
    await makeRunFolder(root, options.perClass === undefined ? {} : { perClass: options.perClass });
    const server = await openTestServer({ root, ...(cluster !== undefined && { database: await newDatabase(cluster) }), ...options });
    try {
      return await work(server);
    } finally {
      await server.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
