import { InputError, nearestName } from "../base/index.js";
import { LineCounter, isMap, isNode, parseDocument } from "yaml";
import type { Document, ParsedNode } from "yaml";
import type { z } from "zod";
import { recipeSchema, type RecipeSource } from "./recipe.js";

type Path = readonly PropertyKey[];

/** Longest recipe that is read: a recipe is a page, and YAML aliases can be made to explode. */
const maxBytes = 256 * 1024;

/** Line of the deepest part of `path` that the document has. */
function lineOf(document: Document.Parsed, counter: LineCounter, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1) as string[], true);
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => String((key as { value?: unknown } | null)?.value) === String(path[depth - 1]));
      const key = pair?.key as ParsedNode | undefined;
      if (key?.range) return counter.linePos(key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, depth) as string[], true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}

/** The JSON-schema-like keys a strict object at `path` knows, read off the schema itself. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  let current: z.ZodType[] = [schema];
  const unwrap = (types: z.ZodType[]): z.ZodType[] =>
    types.flatMap((type) => {
      const definition = type._zod.def as unknown as { type: string; innerType?: z.ZodType; options?: z.ZodType[] };
      if (definition.innerType) return unwrap([definition.innerType]);
      if (definition.type === "union") return unwrap(definition.options ?? []);
      return [type];
    });
  for (const part of path) {
    current = unwrap(current).flatMap((type) => {
      const definition = type._zod.def as unknown as {
        type: string;
        shape?: Record<string, z.ZodType>;
        valueType?: z.ZodType;
        element?: z.ZodType;
      };
      const next = definition.shape?.[String(part)] ?? definition.valueType ?? definition.element;
      return next === undefined ? [] : [next];
    });
  }
  return unwrap(current).flatMap((type) => Object.keys((type._zod.def as unknown as { shape?: object }).shape ?? {}));
}

interface Issue {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** A union reports one list of issues per branch: the branch that came furthest says what was meant. */
function deepest(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union" || !issue.errors?.length) return [issue];
  const branches = issue.errors.map((branch) =>
    branch.flatMap((inner) => deepest({ ...inner, path: [...issue.path, ...inner.path] })),
  );
  const depth = (branch: readonly Issue[]): number =>
    Math.max(...branch.map(({ path, code }) => path.length + (code === "unrecognized_keys" ? 1 : 0)));
  const strays = (branch: readonly Issue[]): number => branch.filter(({ code }) => code === "unrecognized_keys").length;
  const best = branches.reduce((a, b) => (depth(b) > depth(a) || (depth(b) === depth(a) && strays(b) < strays(a)) ? b : a));
  return depth(best) > issue.path.length ? best : [issue];
}

/** The first mistake of a recipe that is no text: where it is, and what, with the nearest right name. */
export function firstProblem(error: z.ZodError): { readonly path: string; readonly message: string } {
  const issue = (error.issues as unknown as Issue[]).flatMap(deepest)[0]!;
  const [key] = issue.code === "unrecognized_keys" ? (issue.keys ?? []) : [];
  if (key === undefined) return { path: issue.path.join("."), message: issue.message };
  const nearest = nearestName(key, knownKeys(recipeSchema, issue.path));
  return { path: [...issue.path, key].join("."), message: `unknown key "${key}"${nearest === undefined ? "" : `, did you mean "${nearest}"?`}` };
}

/**
 * Reads a recipe. Every mistake is listed with its line; a wrong key names the nearest right one.
 * @param source what the text came from, for messages: a file name
 * @throws InputError `recipe-syntax` or `recipe-invalid`
 */
export function parseRecipe(text: string, source: string): RecipeSource {
  if (text.length > maxBytes) {
    throw new InputError("recipe-syntax", `${source}: expected a recipe of at most ${maxBytes / 1024} KiB, got ${Math.ceil(text.length / 1024)} KiB. Pass a recipe file, not data.`);
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const problem = document.errors[0];
  if (problem) {
    const { line, col } = counter.linePos(problem.pos[0]);
    throw new InputError("recipe-syntax", `${source}:${line}:${col}: expected YAML, got a syntax error: ${problem.message}. Mend the line.`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw new InputError("recipe-syntax", `${source}: expected plain YAML, got ${(error as Error).message}. Write the values out.`);
  }
  const parsed = recipeSchema.safeParse(value);
  if (parsed.success) return parsed.data;

  const lines = (parsed.error.issues as unknown as Issue[]).flatMap(deepest).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      const where = issue.path.map(String).join(".") || "recipe";
      return [`${source}:${lineOf(document, counter, issue.path)}: ${where}: ${issue.message}`];
    }
    const known = knownKeys(recipeSchema, issue.path);
    return (issue.keys ?? []).map((key) => {
      const nearest = nearestName(key, known);
      const hint = nearest === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean "${nearest}"?`;
      return `${source}:${lineOf(document, counter, [...issue.path, key])}: unknown key "${key}". ${hint}`;
    });
  });
  throw new InputError("recipe-invalid", lines.join("\n"));
}
