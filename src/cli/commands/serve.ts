import path from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { InputError } from "../../base/index.js";
import { openServer, type ServerOptions } from "../../server/index.js";
import type { Command, OptionValues } from "../contract.js";
import { readCount } from "../data-options.js";
import { readMachine } from "../executor-options.js";
import { openIdOptions, readOpenId } from "../open-id-options.js";
import { pacsOptions, readPacs } from "../serve-pacs.js";
import { databaseOf, filesOf, storeOf, storeOptions } from "../store-options.js";
import { readConfiguration } from "../user-configuration.js";
import { osteonVersion } from "../version.js";
import { findWeights } from "../weights-files.js";

const text = (value: OptionValues[string]): string | undefined => (typeof value === "string" ? value : undefined);
const list = (value: OptionValues[string]): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);

/** Files of the package that the server hands out. */
const packaged = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

function readPort(value: OptionValues[string]): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InputError("option-number", `--port: expected a number from 0 to 65535, got "${String(value)}". Correct the option.`);
}

const onThisMachine = "Studies on this machine:";

function readBudget(options: OptionValues): NonNullable<ServerOptions["local"]> {
  const studies = readCount(options["studies"], "--studies");
  return { ...(studies !== undefined && { studies }), ...readMachine(options) };
}

const isLoopback = (host: string): boolean => ["127.0.0.1", "localhost", "::1"].includes(host);

export const serve: Command = {
  description:
    "Opens the workbench: the studies, cases, data sets and models of a folder, reading of cases by people, and everything that was done, in a browser. The first start prints a link, good once, that makes the administrator. People, reads and notes are kept in the folder .osteon, or in PostgreSQL; runs stay the folders they are. Only this computer can open it, unless --host says otherwise.",
  arguments: [{ name: "[folder]", description: "folder with runs and data (default: the current one)" }],
  options: [
    { flags: "--port <n>", description: "port; 0 takes a free one", default: "8080" },
    { flags: "--host <address>", description: "address to listen on; 0.0.0.0 lets other computers in", default: "127.0.0.1" },
    { flags: "--url <address>", description: "address that people call, where another server stands in front: https://osteon.example.org" },
    { flags: "--behind-proxy", description: "take the address of whoever asks from the server in front" },
    ...storeOptions,
    { flags: "--data <path>", description: "table or folder of images that lies elsewhere; repeatable", repeatable: true },
    ...pacsOptions,
    ...openIdOptions,
    { flags: "--studies <n>", description: "studies that are done on this machine at a time; further ones wait (default: 1)", group: onThisMachine },
    { flags: "--jobs <n>", description: "tasks of such a study at a time (default: 1)", group: onThisMachine },
    { flags: "--cores <n>", description: "cores that its tasks may use together (default: all)", group: onThisMachine },
    { flags: "--machine-memory <gib>", description: "memory that they may hold together (default: four fifths of it)", group: onThisMachine },
    { flags: "--no-limits", description: "no limits on how much one may ask a minute, for tests of load", group: "For tests:" },
  ],
  examples: ["osteon serve", "osteon serve osteon-demo --port 0", "osteon serve /studies --database postgres://osteon@db/osteon --url https://osteon.example.org --behind-proxy"],
  async run(context, [folder], options) {
    const configuration = await readConfiguration(context);
    const root = path.resolve(context.folder, folder ?? ".");
    const openId = readOpenId(options, context.environment);
    let lost: string | undefined;
    const stopped = new AbortController();
    const settings: ServerOptions = {
      root,
      ...(text(options["store"]) !== undefined && { store: path.resolve(context.folder, text(options["store"])!) }),
      ...databaseOf(options, context.environment),
      ...(await filesOf(options, context.environment, storeOf(context.folder, folder, options))),
      version: osteonVersion(),
      viewer: packaged("dist/viewer/page"),
      recipes: packaged("recipes"),
      command: [process.execPath, fileURLToPath(new URL("../main.js", import.meta.url))],
      host: text(options["host"])!,
      ...(text(options["url"]) !== undefined && { publicUrl: text(options["url"])! }),
      trustsProxy: options["behindProxy"] === true,
      unlimited: options["limits"] === false,
      tables: list(options["data"]).map((table) => path.resolve(context.folder, table)),
      pacs: await readPacs(context, options),
      weights: findWeights(context, configuration, undefined),
      local: readBudget(options),
      ...(openId && { openId }),
      log: pino.destination({ fd: 2, sync: true }),
      onLost: (reason) => {
        lost = reason;
        stopped.abort();
      },
    };
    const server = await openServer(settings);
    try {
      const address = await server.listen(readPort(options["port"]));
      context.out(`Osteon is at ${text(options["url"]) ?? address}`);
      if (server.setup !== undefined) context.out(`\nFirst start: open this link once to become the administrator (it works for 24 hours):\n  ${text(options["url"]) ?? address}${server.setup}\n`);
      if (!isLoopback(settings.host!) && settings.publicUrl?.startsWith("https:") !== true) context.note("Other computers can open it, and passwords cross the network as they are: put a server with a certificate in front (--url https://... --behind-proxy).");
      context.note("Ctrl-C ends it.");
      await new Promise<void>((resolve) => {
        if (context.signal.aborted) resolve();
        context.signal.addEventListener("abort", () => resolve(), { once: true });
        stopped.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    } finally {
      await server.close();
    }
    if (lost !== undefined) throw new InputError("store-lost", `store: expected to hold the database, got it lost (${lost}). Start again.`);
  },
};
