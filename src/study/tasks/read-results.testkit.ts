import { readFile } from "node:fs/promises";
import path from "node:path";

/** A run's results without the times that it took, and without what repeats it. */
export async function readResults(run: string): Promise<Record<string, unknown>> {
  const { reproduce: _, ...results } = JSON.parse(await readFile(path.join(run, "results.json"), "utf8"), (key, value: unknown) => (key === "seconds" || key === "idleShare" ? undefined : value)) as Record<string, unknown>;
  return results;
}
