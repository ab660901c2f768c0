import { attributeTable } from "./table.js";

/** What the standard says of an attribute. */
export interface Attribute {
  /** Two letters, or `xs` (US or SS), `ox` (OB or OW), `lt` (US, SS or OW) where it depends on the data set, `na` for delimiters. */
  readonly vr: string;
  readonly keyword: string;
}

const byTag = new Map<number, Attribute>();
const byKeyword = new Map<string, number>();
/** Attributes of repeating groups, by their tag with the digits X at 0. */
const repeating: { mask: number; value: number; attribute: Attribute }[] = [];

for (const entry of attributeTable.split(/\s+/)) {
  if (entry === "") continue;
  const attribute = { vr: entry.slice(8, 10), keyword: entry.slice(10) };
  const digits = entry.slice(0, 8);
  const value = Number.parseInt(digits.replaceAll("X", "0"), 16);
  if (digits.includes("X")) repeating.push({ mask: Number.parseInt(digits.replaceAll(/[^X]/g, "f").replaceAll("X", "0"), 16), value, attribute });
  else byTag.set(value, attribute);
  if (!byKeyword.has(attribute.keyword)) byKeyword.set(attribute.keyword, value);
}

/** The attribute of a tag (group x 65536 + element), or undefined for private and unknown ones. */
export function attributeOf(tag: number): Attribute | undefined {
  const known = byTag.get(tag);
  if (known !== undefined) return known;
  if ((tag & 0xffff) === 0) return { vr: "UL", keyword: "GroupLength" };
  return repeating.find(({ mask, value }) => ((tag & mask) >>> 0) === value)?.attribute;
}

/** The tag of a keyword; for a repeating group the first one. */
export function tagOf(keyword: string): number | undefined {
  return byKeyword.get(keyword);
}

/** A tag as DICOM people write it: `(0010,0020)`. */
export function formatTag(tag: number): string {
  const digits = tag.toString(16).padStart(8, "0").toUpperCase();
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}

/** Odd groups hold what a manufacturer defined. */
export function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}
