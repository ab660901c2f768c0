import { PngDamage } from "./png-chunks.js";

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

/**
 * Undoes the filters of a PNG's lines in place. Each line is a filter's number and `length` bytes.
 * @param shape step: bytes from a sample to the same sample of the pixel before
 * @see W3C, PNG Specification, Third Edition, section 9
 */
export function unfilter(lines: Uint8Array, { rows, length, step }: { rows: number; length: number; step: number }): void {
  const zeros = new Uint8Array(length);
  let above: Uint8Array = zeros;
  for (let row = 0; row < rows; row++) {
    const start = row * (1 + length);
    const kind = lines[start]!;
    const line = lines.subarray(start + 1, start + 1 + length);
    if (kind > 4) throw new PngDamage("an unknown filter");
    if (kind === 2) for (let i = 0; i < length; i++) line[i]! += above[i]!;
    else if (kind === 1) for (let i = step; i < length; i++) line[i]! += line[i - step]!;
    else if (kind === 3) for (let i = 0; i < length; i++) line[i]! += ((i < step ? 0 : line[i - step]!) + above[i]!) >> 1;
    else if (kind === 4) for (let i = 0; i < length; i++) line[i]! += i < step ? above[i]! : paeth(line[i - step]!, above[i]!, above[i - step]!);
    above = line;
  }
}
