import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { InputError } from "../base/index.js";
import { fileError } from "../files/index.js";
import type { Context } from "./contract.js";

const schema = z.strictObject({
  /** Network name -> file of weights. */
  weights: z.record(z.string(), z.string()).optional(),
  /** Folder where downloaded weights are kept. */
  weightsFolder: z.string().optional(),
  /** Table or folder that `osteon study run` uses where --data is left out. */
  data: z.string().optional(),
  threads: z.number().int().positive().optional(),
  device: z.enum(["cpu", "webgpu", "cuda", "auto"]).optional(),
});

export type UserConfiguration = z.infer<typeof schema>;

/** `OSTEON_CONFIG`, or osteon/config.yaml in the user's configuration folder. */
export function configurationFile({ environment }: Pick<Context, "environment">): string {
  const home = environment["HOME"] ?? os.homedir();
  const folder = environment["XDG_CONFIG_HOME"] ?? path.join(home, ".config");
  return environment["OSTEON_CONFIG"] ?? path.join(folder, "osteon", "config.yaml");
}

/**
 * The user's own configuration; empty where there is none. Relative paths in it start from its folder.
 * @throws InputError `configuration`; DataError `file-eacces` and the like
 */
export async function readConfiguration(context: Pick<Context, "environment">): Promise<UserConfiguration> {
  const file = configurationFile(context);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw fileError(error, file);
  }
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 10 }) ?? {};
  } catch (error) {
    throw new InputError("configuration", `${file}: expected YAML, got a syntax error: ${(error as Error).message}. Mend the file.`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InputError("configuration", `${file}: ${issue.path.join(".") || "configuration"}: ${issue.message}. Known keys: ${Object.keys(schema.shape).join(", ")}.`);
  }
  const absolute = (name: string): string => path.resolve(path.dirname(file), name);
  return {
    ...parsed.data,
    ...(parsed.data.weights && { weights: Object.fromEntries(Object.entries(parsed.data.weights).map(([name, value_]) => [name, absolute(value_)])) }),
    ...(parsed.data.weightsFolder && { weightsFolder: absolute(parsed.data.weightsFolder) }),
    ...(parsed.data.data && { data: absolute(parsed.data.data) }),
  };
}

/** Folder of downloaded weights: `OSTEON_WEIGHTS`, the configuration's, or osteon/weights in the user's cache folder. */
export function weightsFolder(context: Pick<Context, "environment">, configuration: UserConfiguration): string {
  const { environment } = context;
  const cache = environment["XDG_CACHE_HOME"] ?? path.join(environment["HOME"] ?? os.homedir(), ".cache");
  return environment["OSTEON_WEIGHTS"] ?? configuration.weightsFolder ?? path.join(cache, "osteon", "weights");
}
