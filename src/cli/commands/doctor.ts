import { access, constants, mkdir } from "node:fs/promises";
import os from "node:os";
import { createSession, defaultThreads, probe, runtimeName, type Device } from "../../engine/index.js";
import { float32, UnsupportedError } from "../../base/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { decodeImage, encodePicture } from "../../images/index.js";
import type { Command, Context } from "../contract.js";
import { configurationFile, readConfiguration, weightsFolder } from "../user-configuration.js";
import { findWeights } from "../weights-files.js";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly finding: string;
  readonly remedy?: string;
  /** Not needed for the main job. */
  readonly optional?: boolean;
}

async function attempt(name: string, remedy: string, work: () => Promise<string>, optional = false): Promise<Check> {
  try {
    return { name, ok: true, finding: await work() };
  } catch (error) {
    return { name, ok: false, finding: (error as Error).message.split("\n")[0]!, remedy, optional };
  }
}

/** Adds two numbers on a device. */
async function runsOn(device: Device): Promise<string> {
  const builder = new GraphBuilder({ name: "doctor" });
  builder.output(builder.op("Add", [builder.input("x", "float32", [1]), builder.constant(float32([1], [1]))]), "y");
  const session = await createSession(builder.build(), { device });
  try {
    const { y } = await session.run({ x: float32([1], [1]) });
    if (Number(y!.data[0]) !== 2) throw new Error(`1 + 1 gave ${String(y!.data[0])}`);
    return "works";
  } finally {
    await session.release();
  }
}

function checks(context: Context): Promise<Check>[] {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const reinstall = "Install again: npm ci. Behind a closed network set ONNXRUNTIME_NODE_INSTALL=skip, so that no CUDA files are fetched";
  return [
    attempt("Node", "Install Node 20.19 or newer", async () => {
      if (major < 20 || (major === 20 && minor < 19)) throw new Error(process.versions.node);
      return process.versions.node;
    }),
    attempt("runtime", reinstall, async () => `${runtimeName()}, ${await runsOn("cpu")}`),
    attempt("blocked layout", "Training runs all the same, more slowly", async () => {
      const { block } = await probe();
      if (block === undefined) throw new Error("not offered by this runtime on this processor");
      return `block of ${block}`;
    }, true),
    attempt("images", "Install again: npm ci", async () => {
      const picture = await encodePicture({ data: new Uint8Array(32 * 32), height: 32, width: 32, channels: 1 }, "png");
      const { height, width } = await decodeImage(picture);
      return `PNG of ${height} x ${width} written and read`;
    }),
    attempt("memory", "Use a smaller batch size in the recipe", async () => {
      const gigabytes = os.totalmem() / 2 ** 30;
      if (gigabytes < 4) throw new Error(`${gigabytes.toFixed(1)} GiB`);
      return `${gigabytes.toFixed(0)} GiB, ${defaultThreads()} threads`;
    }),
    attempt("configuration", `Mend ${configurationFile(context)}`, async () => {
      await readConfiguration(context);
      return configurationFile(context);
    }),
    attempt("weights folder", "Set OSTEON_WEIGHTS to a folder you can write", async () => {
      const configuration = await readConfiguration(context).catch(() => ({}));
      const folder = weightsFolder(context, configuration);
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
      const present = Object.keys(findWeights(context, configuration, undefined));
      return `${folder}: ${present.length === 0 ? "none yet (osteon weights pull NAME)" : present.join(", ")}`;
    }, true),
    attempt("WebGPU", "Training runs on the CPU all the same", () => runsOn("webgpu"), true),
    attempt("CUDA", "Training runs on the CPU all the same; for CUDA install onnxruntime-node's CUDA files", () => runsOn("cuda"), true),
  ];
}

export const doctor: Command = {
  examples: ["osteon doctor", "osteon doctor --json"],
  async run(context, _args, options) {
    const results: Check[] = [];
    for (const check of checks(context)) results.push(await check);
    if (options["json"] === true) context.out(JSON.stringify(results, null, 2));
    else {
      for (const { name, ok, finding, remedy, optional } of results) {
        context.out(`${ok ? "ok     " : optional ? "absent " : "MISSING"} ${name}: ${finding}${ok || remedy === undefined ? "" : `. ${remedy}.`}`);
      }
    }
    const broken = results.filter(({ ok, optional }) => !ok && !optional);
    if (broken.length > 0) {
      throw new UnsupportedError("doctor", `doctor: expected everything the main job needs, got ${broken.map(({ name }) => name).join(", ")} missing. See the remedies above.`);
    }
  },
};
