import path from "node:path";
import { InputError } from "../../base/index.js";
import type { Command } from "../contract.js";
import { serveFolder } from "../serve-folder.js";
import { writePage } from "../write-page.js";

const defaultPort = 8787;

function readPort(value: string | boolean | readonly string[] | undefined): number {
  if (value === undefined) return defaultPort;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InputError("port", `--port: expected a whole number from 0 to 65535, got ${String(value)}.`);
  return port;
}

export const page: Command = {
  description:
    "Writes a folder with a page, the model and all that they need. Any server of files can serve it; the headers it should send are in the folder, for three kinds of server. " +
    "With --serve it is served at once, to this computer alone. The model runs in the browser: images are sent nowhere.",
  arguments: [{ name: "<model>", description: "model.onnx of a run, or any model file of Osteon" }],
  options: [
    { flags: "--out <folder>", description: "folder to write (default: page, beside the model)" },
    { flags: "--serve", description: "serve the folder on this computer until Ctrl-C" },
    { flags: "--port <n>", description: `port of --serve; 0 takes a free one (default: ${defaultPort})` },
  ],
  examples: ["osteon page model.onnx --serve", "osteon page runs/spine/model.onnx --out public/spine", "osteon page model.onnx --out page --json"],
  async run(context, [model], options) {
    const port = readPort(options["port"]);
    const file = path.resolve(context.folder, model!);
    const folder = typeof options["out"] === "string" ? path.resolve(context.folder, options["out"]) : path.join(path.dirname(file), "page");
    const { metadata, files } = await writePage(file, folder);
    const bytes = files.reduce((sum, each) => sum + each.bytes, 0);
    const served = options["serve"] === true ? await serveFolder(folder, { port }) : undefined;
    if (options["json"] === true) {
      context.out(JSON.stringify({ folder, bytes, files, model: { architecture: metadata.architecture, labels: metadata.labels }, ...(served && { url: served.url }) }, null, 2));
    } else {
      context.out(`wrote ${folder}: ${files.length} files, ${(bytes / 1e6).toFixed(0)} MB`);
      if (served === undefined) context.note("Serve it with: osteon page MODEL --serve, or any server of files that sends the headers in _headers, .htaccess or nginx.conf.");
      else context.out(`open ${served.url} (Ctrl-C ends it)`);
    }
    context.note("For research. Not a medical device.");
    if (served === undefined) return;
    await new Promise<void>((resolve) => (context.signal.aborted ? resolve() : context.signal.addEventListener("abort", () => resolve(), { once: true })));
    await served.close();
  },
};
