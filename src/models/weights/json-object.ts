/**
 * Parses JSON that must be one object in which no key is given twice; `JSON.parse` alone would keep the last silently.
 * @throws SyntaxError with the reason; also for more objects or deeper nesting than allowed, before anything is built
 */
export function parseJsonObject(text: string, limits: JsonLimits): Record<string, unknown> {
  requireSmall(text, limits);
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not a JSON object");
  const repeated = findRepeatedKey(text);
  if (repeated !== undefined) throw new SyntaxError(`key ${JSON.stringify(repeated)} is given twice`);
  return value as Record<string, unknown>;
}

/** What a text may unfold to. */
export interface JsonLimits {
  readonly objects: number;
  /** Quotation marks and commas: what texts and numbers there are. */
  readonly marks: number;
  readonly depth: number;
}

/** Marks within texts are counted too: they only make the limit stricter. */
function requireSmall(text: string, limits: JsonLimits): void {
  let [objects, marks, depth] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22 || c === 0x2c) marks++;
    if (c === 0x7b) objects++;
    if (c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x7d || c === 0x5d) depth = Math.max(0, depth - 1);
    if (objects > limits.objects) throw new SyntaxError(`more than ${limits.objects} objects`);
    if (marks > limits.marks) throw new SyntaxError(`more than ${limits.marks} texts and numbers`);
    if (depth > limits.depth) throw new SyntaxError(`brackets ${depth} deep`);
  }
}

/** First key that occurs twice in one object of a text that is known to be valid JSON. */
function findRepeatedKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "{") open.push(new Set());
    else if (c === "[") open.push(undefined);
    else if (c === "}" || c === "]") open.pop();
    else if (c === '"') {
      const start = i++;
      while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      const keys = open.at(-1);
      if (keys === undefined || !isKey(text, i + 1)) continue;
      const key = JSON.parse(text.slice(start, i + 1)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** Whether the string that ended just before `at` is a key: a colon follows. */
function isKey(text: string, at: number): boolean {
  let i = at;
  while (text[i] === " " || text[i] === "\t" || text[i] === "\n" || text[i] === "\r") i++;
  return text[i] === ":";
}
