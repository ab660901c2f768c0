import { InputError, unknownName } from "../base/index.js";
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

/** Option of commands that train. */
export const memoryOption: NonNullable<Command["options"]>[number] = {
  flags: "--memory <size>",
  description: "memory that training may take, as 4GiB or 800MiB: values that do not fit are computed again on the way back (default: no limit)",
};

/**
 * What the options or the user's configuration say of where to compute.
 * @throws UnsupportedError `device-unavailable`
 */
export async function readEngine(options: OptionValues, context: Pick<Context, "environment">): Promise<{ readonly threads?: number; readonly device?: Device; readonly memoryBytes?: number }> {
  const configuration = await readConfiguration(context);
  const threads = readCount(options["threads"], "--threads") ?? configuration.threads;
  const named = options["device"] ?? configuration.device;
  const asked = devices.find((name) => name === named);
  if (named !== undefined && asked === undefined) throw unknownName("device", String(named), devices);
  const device = asked === "auto" ? await chooseDevice() : asked;
  if (device !== undefined) await requireDevice(device);
  const memoryBytes = readMemory(options["memory"]);
  return { ...(threads !== undefined && { threads }), ...(device !== undefined && { device }), ...(memoryBytes !== undefined && { memoryBytes }) };
}

const units: Readonly<Record<string, number>> = { mib: 2 ** 20, gib: 2 ** 30, mb: 1e6, gb: 1e9 };

/** Bytes of "4GiB". @throws InputError `memory-size` */
function readMemory(value: OptionValues[string]): number | undefined {
  if (typeof value !== "string") return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(mib|gib|mb|gb)$/i.exec(value) ?? [];
  if (number === undefined) throw new InputError("memory-size", `--memory: expected a number with MiB, GiB, MB or GB, got "${value}". Write 4GiB.`);
  return Number(number) * units[unit!.toLowerCase()]!;
}
