import { unknownName } from "../base/index.js";
import { chooseDevice, requireDevice, type Device } from "../engine/index.js";
import type { Command, Context, OptionValues } from "./contract.js";
import { readCount } from "./data-options.js";
import { readConfiguration } from "./user-configuration.js";

const devices = ["cpu", "webgpu", "cuda", "auto"] as const;

/** Options of every command that computes with networks. */
export const engineOptions: NonNullable<Command["options"]> = [
  { flags: "--threads <n>", description: "threads of the runtime (default: the physical cores)" },
  { flags: "--device <name>", description: "cpu, webgpu (any graphics processor), cuda, or auto: the fastest there is (default: cpu)" },
];

/**
 * What the options or the user's configuration say of where to compute.
 * @throws UnsupportedError `device-unavailable`
 */
export async function readEngine(options: OptionValues, context: Pick<Context, "environment">): Promise<{ readonly threads?: number; readonly device?: Device }> {
  const configuration = await readConfiguration(context);
  const threads = readCount(options["threads"], "--threads") ?? configuration.threads;
  const named = options["device"] ?? configuration.device;
  const asked = devices.find((name) => name === named);
  if (named !== undefined && asked === undefined) throw unknownName("device", String(named), devices);
  const device = asked === "auto" ? await chooseDevice() : asked;
  if (device !== undefined) await requireDevice(device);
  return { ...(threads !== undefined && { threads }), ...(device !== undefined && { device }) };
}
