import { cos, sin } from "../../base/index.js";

/**
 * A face of single strokes, so that captions need no font of the system. Glyphs are drawn in units of a tenth of the
 * cap height, baseline 0, upward positive: `L` x y x y ... is a polyline, `A` cx cy rx ry from to an arc in degrees,
 * counter-clockwise from the right.
 */
interface Glyph {
  readonly width: number;
  readonly strokes: string;
}

const glyphs: Readonly<Record<string, Glyph>> = {
  A: { width: 8, strokes: "L 0 0 4 10 8 0|L 1.4 3.5 6.6 3.5" },
  B: { width: 6.4, strokes: "L 3.6 5.4 0 5.4|L 3.4 10 0 10 0 0 3.6 0|A 3.4 7.7 2.4 2.3 -90 90|A 3.6 2.7 2.8 2.7 -90 90" },
  C: { width: 8, strokes: "A 5 5 5 5 50 310" },
  D: { width: 7.6, strokes: "L 2.6 10 0 10 0 0 2.6 0|A 2.6 5 5 5 -90 90" },
  E: { width: 5.6, strokes: "L 5.6 10 0 10 0 0 5.6 0|L 0 5.2 5 5.2" },
  F: { width: 5.4, strokes: "L 5.4 10 0 10 0 0|L 0 5.2 4.8 5.2" },
  G: { width: 8.8, strokes: "A 5 5 5 5 50 360|L 10 5 5.6 5" },
  H: { width: 7, strokes: "L 0 0 0 10|L 7 0 7 10|L 0 5.2 7 5.2" },
  I: { width: 0, strokes: "L 0 0 0 10" },
  J: { width: 4.4, strokes: "L 4.4 10 4.4 2.4|A 2.2 2.4 2.2 2.4 190 360" },
  K: { width: 6.6, strokes: "L 0 0 0 10|L 6.2 10 0 4|L 2.2 6.1 6.6 0" },
  L: { width: 5, strokes: "L 0 10 0 0 5 0" },
  M: { width: 8.4, strokes: "L 0 0 0 10 4.2 2.5 8.4 10 8.4 0" },
  N: { width: 7.2, strokes: "L 0 0 0 10 7.2 0 7.2 10" },
  O: { width: 9.6, strokes: "A 4.8 5 4.8 5 0 360" },
  P: { width: 6.2, strokes: "L 0 0 0 10 3.4 10|L 3.4 4.6 0 4.6|A 3.4 7.3 2.8 2.7 -90 90" },
  Q: { width: 9.6, strokes: "A 4.8 5 4.8 5 0 360|L 5.6 2.8 9 -0.6" },
  R: { width: 6.6, strokes: "L 0 0 0 10 3.4 10|L 3.4 4.6 0 4.6|A 3.4 7.3 2.8 2.7 -90 90|L 3 4.6 6.6 0" },
  S: { width: 6.2, strokes: "A 3.2 7.6 2.6 2.4 30 270|A 3.2 2.6 2.9 2.6 -150 90" },
  T: { width: 7, strokes: "L 0 10 7 10|L 3.5 10 3.5 0" },
  U: { width: 6.8, strokes: "L 0 10 0 3.4|A 3.4 3.4 3.4 3.4 180 360|L 6.8 3.4 6.8 10" },
  V: { width: 7.8, strokes: "L 0 10 3.9 0 7.8 10" },
  W: { width: 11, strokes: "L 0 10 2.8 0 5.5 9 8.2 0 11 10" },
  X: { width: 7, strokes: "L 0 0 7 10|L 0 10 7 0" },
  Y: { width: 7.4, strokes: "L 0 10 3.7 5 7.4 10|L 3.7 5 3.7 0" },
  Z: { width: 6.8, strokes: "L 0 10 6.8 10 0 0 6.8 0" },
  a: { width: 6.4, strokes: "A 3.2 3.4 3.2 3.4 0 360|L 6.4 6.8 6.4 0" },
  b: { width: 6.4, strokes: "A 3.2 3.4 3.2 3.4 0 360|L 0 10.4 0 0" },
  c: { width: 5.2, strokes: "A 3.3 3.4 3.3 3.4 50 310" },
  d: { width: 6.4, strokes: "A 3.2 3.4 3.2 3.4 0 360|L 6.4 10.4 6.4 0" },
  e: { width: 6.4, strokes: "A 3.2 3.4 3.2 3.4 0 318|L 6.4 3.4 0 3.4" },
  f: { width: 3.8, strokes: "A 3.4 8.4 2 2 80 180|L 1.4 8.4 1.4 0|L 0 6.8 3.6 6.8" },
  g: { width: 6.4, strokes: "A 3.2 3.4 3.2 3.4 0 360|L 6.4 6.8 6.4 -0.2|A 3.2 -0.2 3.2 2.9 205 360" },
  h: { width: 5.6, strokes: "L 0 10.4 0 0|A 2.8 4 2.8 2.8 0 180|L 5.6 4 5.6 0" },
  i: { width: 0, strokes: "L 0 6.8 0 0|L 0 9.4 0 9.7" },
  j: { width: 1.6, strokes: "L 1.6 6.8 1.6 -1.4|A 0 -1.4 1.6 1.6 270 360|L 1.6 9.4 1.6 9.7" },
  k: { width: 5.2, strokes: "L 0 10.4 0 0|L 4.8 6.8 0 2.6|L 1.8 4.2 5.2 0" },
  l: { width: 0, strokes: "L 0 10.4 0 0" },
  m: { width: 9.2, strokes: "L 0 6.8 0 0|A 2.3 4.5 2.3 2.3 0 180|L 4.6 4.5 4.6 0|A 6.9 4.5 2.3 2.3 0 180|L 9.2 4.5 9.2 0" },
  n: { width: 5.6, strokes: "L 0 6.8 0 0|A 2.8 4 2.8 2.8 0 180|L 5.6 4 5.6 0" },
  o: { width: 6.6, strokes: "A 3.3 3.4 3.3 3.4 0 360" },
  p: { width: 6.4, strokes: "A 3.2 3.4 3.2 3.4 0 360|L 0 6.8 0 -3.2" },
  q: { width: 6.4, strokes: "A 3.2 3.4 3.2 3.4 0 360|L 6.4 6.8 6.4 -3.2" },
  r: { width: 3.4, strokes: "L 0 6.8 0 0|A 2.9 3.9 2.9 2.9 78 180" },
  s: { width: 4.6, strokes: "A 2.4 5.15 1.9 1.65 25 270|A 2.3 1.75 2.2 1.75 -150 90" },
  t: { width: 3.6, strokes: "L 1.4 9.2 1.4 1.8|A 3.2 1.8 1.8 1.8 180 270|L 0 6.8 3.4 6.8" },
  u: { width: 5.6, strokes: "L 0 6.8 0 2.8|A 2.8 2.8 2.8 2.8 180 360|L 5.6 6.8 5.6 0" },
  v: { width: 5.8, strokes: "L 0 6.8 2.9 0 5.8 6.8" },
  w: { width: 8.8, strokes: "L 0 6.8 2.2 0 4.4 6.2 6.6 0 8.8 6.8" },
  x: { width: 5.4, strokes: "L 0 0 5.4 6.8|L 0 6.8 5.4 0" },
  y: { width: 5.8, strokes: "L 0 6.8 2.9 0.2|L 5.8 6.8 1.6 -3.2" },
  z: { width: 5.2, strokes: "L 0 6.8 5.2 6.8 0 0 5.2 0" },
  0: { width: 6.2, strokes: "A 3.1 5 3.1 5 0 360" },
  1: { width: 6.2, strokes: "L 1.2 8 3.4 10 3.4 0" },
  2: { width: 6.2, strokes: "A 3 7.2 2.7 2.8 -20 165|L 5.5 6.2 0.3 0 6 0" },
  3: { width: 6.2, strokes: "A 2.8 7.6 2.5 2.4 -90 150|A 2.8 2.6 3.1 2.6 -150 90" },
  4: { width: 6.2, strokes: "L 4.6 0 4.6 10 0 2.8 6.2 2.8" },
  5: { width: 6.2, strokes: "L 5.4 10 1.2 10 0.7 5.4|A 2.8 3.2 3.2 3.2 -145 128" },
  6: { width: 6.2, strokes: "A 3.1 3.1 3 3.1 0 360|L 4.8 10 0.7 4.7" },
  7: { width: 6.2, strokes: "L 0.3 10 5.9 10 2 0" },
  8: { width: 6.2, strokes: "A 3.1 7.6 2.5 2.4 0 360|A 3.1 2.6 3 2.6 0 360" },
  9: { width: 6.2, strokes: "A 3.1 6.9 3 3.1 0 360|L 1.4 0 5.5 5.3" },
  ".": { width: 0, strokes: "L 0 0 0 0.3" },
  ",": { width: 0.8, strokes: "L 0.8 0.3 0 -1.8" },
  ":": { width: 0, strokes: "L 0 0.2 0 0.5|L 0 5.6 0 5.9" },
  ";": { width: 0.8, strokes: "L 0.8 0.3 0 -1.8|L 0.8 5.6 0.8 5.9" },
  "-": { width: 3.2, strokes: "L 0 3.6 3.2 3.6" },
  "+": { width: 5.6, strokes: "L 0 4 5.6 4|L 2.8 1.2 2.8 6.8" },
  "=": { width: 5.6, strokes: "L 0 2.8 5.6 2.8|L 0 5.6 5.6 5.6" },
  "/": { width: 4.4, strokes: "L 0 -1 4.4 11" },
  "(": { width: 2, strokes: "A 4.6 4.2 4.6 7 130 230" },
  ")": { width: 2, strokes: "A -2.6 4.2 4.6 7 -50 50" },
  "%": { width: 9, strokes: "A 2 7.8 2 2.2 0 360|A 7 2.2 2 2.2 0 360|L 1.4 0 7.6 10" },
  "_": { width: 6, strokes: "L 0 -1.5 6 -1.5" },
  "'": { width: 0, strokes: "L 0 10 0 7.6" },
  "°": { width: 3, strokes: "A 1.5 8.4 1.5 1.6 0 360" },
  "·": { width: 0, strokes: "L 0 3.8 0 4.1" },
  "±": { width: 5.6, strokes: "L 0 5 5.6 5|L 2.8 2.2 2.8 7.8|L 0 0 5.6 0" },
  "?": { width: 5, strokes: "A 2.5 7.6 2.5 2.4 -90 165|L 2.5 5.2 2.5 3|L 2.5 0 2.5 0.3" },
};

/** Space between two glyphs, and of a blank, in tenths of the cap height. */
const [tracking, blank] = [2.6, 3.4];

const glyphOf = (letter: string): Glyph => glyphs[letter] ?? glyphs["?"]!;

/** Width of a line of text in pixels, for letters of the given cap height. */
export function textWidth(text: string, capPx: number): number {
  let width = 0;
  for (const letter of text) width += (letter === " " ? blank : glyphOf(letter).width) + tracking;
  return (Math.max(0, width - tracking) * capPx) / 10;
}

/** The strokes of a line of text as polylines in pixels (x right, y down), its baseline's left end at the given point. */
export function textStrokes(text: string, o: { x: number; y: number; capPx: number }): number[][] {
  const unit = o.capPx / 10;
  let left = o.x;
  const lines: number[][] = [];
  for (const letter of text) {
    const { width, strokes } = letter === " " ? { width: blank, strokes: "" } : glyphOf(letter);
    for (const stroke of strokes.split("|").filter((part) => part !== "")) {
      const points = pointsOf(stroke);
      lines.push(points.map((value, i) => (i % 2 === 0 ? left + value * unit : o.y - value * unit)));
    }
    left += (width + tracking) * unit;
  }
  return lines;
}

function pointsOf(stroke: string): number[] {
  const [kind, ...words] = stroke.split(" ");
  const numbers = words.map(Number);
  if (kind === "L") return numbers;
  const [cx, cy, rx, ry, from, to] = numbers as [number, number, number, number, number, number];
  const steps = Math.max(6, Math.ceil(Math.abs(to - from) / 15));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const t = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [cx + rx * cos(t), cy + ry * sin(t)];
  }).flat();
}

/** Shortens a line to a width, with two points where something is left out. */
export function fitText(text: string, capPx: number, widthPx: number): string {
  if (textWidth(text, capPx) <= widthPx) return text;
  let end = text.length - 1;
  while (end > 0 && textWidth(`${text.slice(0, end).trimEnd()}..`, capPx) > widthPx) end -= 1;
  return `${text.slice(0, end).trimEnd()}..`;
}

/** Parts joined by a middle dot, broken into lines that fit a width; no part is torn. */
export function wrapParts(parts: readonly string[], capPx: number, widthPx: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)!} · ${part}`;
    if (lines.length > 0 && textWidth(longer, capPx) <= widthPx) lines[lines.length - 1] = longer;
    else lines.push(fitText(part, capPx, widthPx));
  }
  return lines;
}
