/** Strokes of the letters on a 4 x 6 grid. */
const letters = {
  L: [[0, 0, 0, 6], [0, 6, 4, 6]],
  R: [[0, 0, 0, 6], [0, 0, 3, 0], [3, 0, 4, 1], [4, 1, 4, 2], [4, 2, 3, 3], [3, 3, 0, 3], [2, 3, 4, 6]],
} as const;

export interface MarkerOptions {
  readonly letter: keyof typeof letters;
  /** Center of the marker, pixels. */
  readonly row: number;
  readonly column: number;
  /** Height of the letter, pixels. */
  readonly heightPx: number;
  readonly circled: boolean;
  /** Display value of the lead, 0..1. */
  readonly value: number;
}

/** Draws a lead side marker into a display image, in place. */
export function drawMarker(image: Float32Array, width: number, height: number, o: MarkerOptions): void {
  const unit = o.heightPx / 6;
  const half = Math.max(0.6, unit * 0.55);
  const ring = o.heightPx * 0.95;
  const reach = Math.ceil(ring + 2);
  for (let r = Math.max(0, Math.floor(o.row - reach)); r <= Math.min(height - 1, o.row + reach); r++) {
    for (let k = Math.max(0, Math.floor(o.column - reach)); k <= Math.min(width - 1, o.column + reach); k++) {
      const [x, y] = [(k + 0.5 - o.column) / unit + 2, (r + 0.5 - o.row) / unit + 3];
      let near = Infinity;
      for (const stroke of letters[o.letter]) near = Math.min(near, distanceTo(stroke, x, y) * unit);
      const [fromColumn, fromRow] = [k + 0.5 - o.column, r + 0.5 - o.row];
      if (o.circled) near = Math.min(near, Math.abs(Math.sqrt(fromColumn * fromColumn + fromRow * fromRow) - ring));
      const cover = Math.min(1, Math.max(0, half - near + 0.5));
      const at = r * width + k;
      image[at] = image[at]! * (1 - cover) + o.value * cover;
    }
  }
}

function distanceTo(stroke: readonly [number, number, number, number], x: number, y: number): number {
  const [x0, y0, x1, y1] = stroke;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
  const [offX, offY] = [x - x0 - t * dx, y - y0 - t * dy];
  return Math.sqrt(offX * offX + offY * offY);
}
