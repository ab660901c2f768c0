import { LineCounter, isMap, isNode, parseDocument, type Document, type ParsedNode } from "yaml";
import type { z } from "zod";
import { InputError, nearestName } from "../base/index.js";

type Path = readonly PropertyKey[];

/** Longest file of settings that is read: YAML aliases can be made to explode. */
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

/** The keys a strict object at `path` knows, read off the schema itself. */
export function knownKeys(schema: z.ZodType, path: Path): string[] {
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
      const definition = type._zod.def as unknown as { shape?: Record<string, z.ZodType>; valueType?: z.ZodType; element?: z.ZodType };
      const next = definition.shape?.[String(part)] ?? definition.valueType ?? definition.element;
      return next === undefined ? [] : [next];
    });
  }
  return unwrap(current).flatMap((type) => Object.keys((type._zod.def as unknown as { shape?: object }).shape ?? {}));
}

export interface SettingsIssue {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly SettingsIssue[])[];
}

/** A union reports one list of issues per branch: the branch that came furthest says what was meant. */
export function deepestIssues(issue: SettingsIssue): SettingsIssue[] {
  if (issue.code !== "invalid_union" || !issue.errors?.length) return [issue];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => deepestIssues({ ...inner, path: [...issue.path, ...inner.path] })));
  const depth = (branch: readonly SettingsIssue[]): number => Math.max(...branch.map(({ path, code }) => path.length + (code === "unrecognized_keys" ? 1 : 0)));
  const strays = (branch: readonly SettingsIssue[]): number => branch.filter(({ code }) => code === "unrecognized_keys").length;
  const best = branches.reduce((a, b) => (depth(b) > depth(a) || (depth(b) === depth(a) && strays(b) < strays(a)) ? b : a));
  return depth(best) > issue.path.length ? best : [issue];
}

export interface SettingsOptions<T> {
  readonly schema: z.ZodType<T>;
  /** What the text came from, for messages: a file name. */
  readonly source: string;
  /** What errors call such a file, and their codes begin with: `recipe`. */
  readonly kind: string;
}

/**
 * Reads settings written in YAML. Every mistake is listed with its line; a wrong key names the nearest right one.
 * @throws InputError `<kind>-syntax` or `<kind>-invalid`
 */
export function parseSettings<T>(text: string, { schema, source, kind }: SettingsOptions<T>): T {
  if (text.length > maxBytes) {
    throw new InputError(`${kind}-syntax`, `${source}: expected a ${kind} of at most ${maxBytes / 1024} KiB, got ${Math.ceil(text.length / 1024)} KiB. Pass a ${kind} file, not data.`);
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const problem = document.errors[0];
  if (problem) {
    const { line, col } = counter.linePos(problem.pos[0]);
    throw new InputError(`${kind}-syntax`, `${source}:${line}:${col}: expected YAML, got a syntax error: ${problem.message}. Mend the line.`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw new InputError(`${kind}-syntax`, `${source}: expected plain YAML, got ${(error as Error).message}. Write the values out.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = (parsed.error.issues as unknown as SettingsIssue[]).flatMap(deepestIssues).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      const where = issue.path.map(String).join(".") || kind;
      return [`${source}:${lineOf(document, counter, issue.path)}: ${where}: ${issue.message}`];
    }
    const known = knownKeys(schema, issue.path);
    return (issue.keys ?? []).map((key) => {
      const nearest = nearestName(key, known);
      const hint = nearest === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean "${nearest}"?`;
      return `${source}:${lineOf(document, counter, [...issue.path, key])}: unknown key "${key}". ${hint}`;
    });
  });
  throw new InputError(`${kind}-invalid`, lines.join("\n"));
}
