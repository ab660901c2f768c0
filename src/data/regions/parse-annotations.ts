import type { z } from "zod";
import { DataError, InputError, nearestName } from "../../base/index.js";

/**
 * JSON text as the schema has it.
 * @throws DataError `annotations` naming the file and the place
 */
export function parseAnnotations<T>(text: string, schema: z.ZodType<T>, { name, format }: { name: string; format: string }): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DataError("annotations", `${name}: expected a ${format}, got text that is no JSON. Export the annotations again.`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DataError("annotations", `${name}: expected a ${format}, got ${issue!.path.length > 0 ? `at ${issue!.path.join(".")}: ` : ""}${issue!.message}. Export the annotations again.`);
}

/** @throws InputError `annotation-category` for a category the file does not have */
export function requireCategories(wanted: readonly string[] | undefined, known: readonly string[], name: string): void {
  const missing = wanted?.find((category) => !known.includes(category));
  if (missing === undefined) return;
  const nearest = nearestName(missing, known);
  throw new InputError("annotation-category", `category "${missing}": expected one of ${known.join(", ") || "none"} of ${name}, got "${missing}". ${nearest === undefined ? "Name one of them." : `Did you mean "${nearest}"?`}`);
}
