/** A map of one image, row-major, with its extent. */
export interface HeatMap {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** For each output position the two source positions and the weight of the second. */
function taps(from: number, to: number): { low: Int32Array; high: Int32Array; weight: Float64Array } {
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const weight = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    low[i] = Math.min(from - 1, Math.floor(position));
    high[i] = Math.min(from - 1, low[i]! + 1);
    weight[i] = position - low[i]!;
  }
  return { low, high, weight };
}

/**
 * Bilinear upsampling with pixel centers at half-integers: pixel i of the output lies at (i + 1/2) from / to - 1/2
 * of the input, held at the border.
 * @param map any extent
 * @returns map of the given extent, same range as the input
 * @see PyTorch `interpolate(mode="bilinear", align_corners=False)`, against which it was checked
 */
export function upsample(map: HeatMap, height: number, width: number): HeatMap {
  const rows = taps(map.height, height);
  const columns = taps(map.width, width);
  const values = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const top = rows.low[y]! * map.width;
    const bottom = rows.high[y]! * map.width;
    const v = rows.weight[y]!;
    for (let x = 0; x < width; x++) {
      const left = columns.low[x]!;
      const right = columns.high[x]!;
      const u = columns.weight[x]!;
      const upper = map.values[top + left]! * (1 - u) + map.values[top + right]! * u;
      const lower = map.values[bottom + left]! * (1 - u) + map.values[bottom + right]! * u;
      values[y * width + x] = upper * (1 - v) + lower * v;
    }
  }
  return { values, height, width };
}

/**
 * The same along one axis as a matrix.
 * @returns [to, from], row-major; rows sum to 1
 */
export function upsamplingMatrix(from: number, to: number): Float32Array {
  const { low, high, weight } = taps(from, to);
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    matrix[i * from + low[i]!]! += 1 - weight[i]!;
    matrix[i * from + high[i]!]! += weight[i]!;
  }
  return matrix;
}
