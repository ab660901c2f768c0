/** As much of JSON Schema as a recipe's schema uses. */
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

export interface Completion {
  readonly text: string;
  readonly about?: string;
  /** Part of the text that it takes the place of. */
  readonly from: number;
  readonly to: number;
}

/** A schema and all it may be: references followed, alternatives spread out. */
function spread(root: Schema, schema: Schema | undefined, depth = 0): Schema[] {
  if (schema === undefined || depth > 8) return [];
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1)!;
    return spread(root, root.$defs?.[name] ?? root.definitions?.[name], depth + 1);
  }
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...parts.flatMap((part) => spread(root, part, depth + 1))];
}

/** Keys from the outermost to the line, by indentation. */
function pathAt(lines: readonly string[], last: number, indent: number): string[] {
  const path: string[] = [];
  let within = indent;
  for (let i = last; i >= 0 && within > 0; i--) {
    const found = /^(\s*)(?:- )?([\w-]+):/.exec(lines[i]!);
    if (found === null || found[1]!.length >= within) continue;
    path.unshift(found[2]!);
    within = found[1]!.length;
  }
  return path;
}

function step(root: Schema, schemas: readonly Schema[], key: string): Schema[] {
  return schemas.flatMap((schema) => {
    const inside = schema.properties?.[key] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
    return spread(root, inside).flatMap((found) => [found, ...spread(root, found.items)]);
  });
}

/** What can stand where the cursor is: keys of the mapping it is in, or values of the key before it. */
export function completionsAt(schema: object, text: string, cursor: number): Completion[] {
  const root = schema as Schema;
  const before = text.slice(0, cursor).split("\n");
  const line = before.at(-1)!;
  const indent = /^\s*(?:- )?/.exec(line)![0].length;
  const outer = pathAt(before.slice(0, -1), before.length - 2, indent).reduce<Schema[]>((schemas, key) => step(root, schemas, key), spread(root, root));
  const value = /^(\s*(?:- )?)([\w-]+):\s*(\S*)$/.exec(line);
  const typed = value === null ? line.slice(indent) : value[3]!;
  const from = cursor - typed.length;
  if (value !== null) {
    const inside = step(root, outer, value[2]!);
    const values = new Set(inside.flatMap((one) => [...(one.enum ?? []), ...(one.const !== undefined ? [one.const] : []), ...(one.type === "boolean" ? [true, false] : [])]).map(String));
    return [...values].filter((one) => one.startsWith(typed)).map((one) => ({ text: one, from, to: cursor }));
  }
  const keys = new Map(outer.flatMap((one) => Object.entries(one.properties ?? {})));
  const present = new Set(text.split("\n").filter((other) => /^\s*/.exec(other)![0].length === indent).map((other) => /^\s*([\w-]+):/.exec(other)?.[1]));
  return [...keys].filter(([key]) => key.startsWith(typed) && !present.has(key)).map(([key, one]) => ({ text: `${key}: `, ...(one.description && { about: one.description }), from, to: cursor }));
}
