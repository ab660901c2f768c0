/** Bytes that become part of a message. */
export type Part = Uint8Array;

/** What stands before a length-delimited field of a message: its number and its length, as protobuf varints. */
export function lengthPrefix(field: number, length: number): Part {
  const bytes = [(field << 3) | 2];
  let rest = length;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** The parts one after the other, each copied once. */
export function assemble(parts: readonly Part[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
