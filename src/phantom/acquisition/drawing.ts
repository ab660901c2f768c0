/** A straight stroke on the display image: ends in pixels (column, row). */
export interface Stroke {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly widthPx: number;
  readonly value: number;
}

/** Draws an anti-aliased stroke in place. */
export function drawStroke(image: Float32Array, width: number, height: number, { from, to, widthPx, value }: Stroke): void {
  const half = widthPx / 2;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = Math.max(1e-9, dx * dx + dy * dy);
  const [left, right] = [Math.min(from[0], to[0]) - half - 1, Math.max(from[0], to[0]) + half + 1];
  const [top, bottom] = [Math.min(from[1], to[1]) - half - 1, Math.max(from[1], to[1]) + half + 1];
  for (let r = Math.max(0, Math.floor(top)); r <= Math.min(height - 1, bottom); r++) {
    for (let k = Math.max(0, Math.floor(left)); k <= Math.min(width - 1, right); k++) {
      const [x, y] = [k + 0.5 - from[0], r + 0.5 - from[1]];
      const t = Math.min(1, Math.max(0, (x * dx + y * dy) / squared));
      const [offX, offY] = [x - t * dx, y - t * dy];
      const away = Math.sqrt(offX * offX + offY * offY);
      const cover = Math.min(1, Math.max(0, half - away + 0.5));
      const i = r * width + k;
      image[i] = image[i]! * (1 - cover) + value * cover;
    }
  }
}

/** A centimetre ruler along an edge: a line with a tick each centimetre, a longer one each five. */
export function drawRuler(image: Float32Array, width: number, height: number, o: { spacingMm: number; column: number; value: number }): void {
  const step = 10 / o.spacingMm;
  const stroke = (from: [number, number], to: [number, number]): void => drawStroke(image, width, height, { from, to, widthPx: Math.max(1, 0.8 / o.spacingMm), value: o.value });
  const [top, bottom] = [height * 0.08, height * 0.92];
  stroke([o.column, top], [o.column, bottom]);
  for (let i = 0; top + i * step <= bottom; i++) {
    const length = (i % 5 === 0 ? 9 : 4) / o.spacingMm;
    stroke([o.column, top + i * step], [o.column + (o.column < width / 2 ? length : -length), top + i * step]);
  }
}
