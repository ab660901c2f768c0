/** How `Resize` finds the source of an output element, in ONNX's words. */
export interface ResizeMode {
  readonly mode: string;
  readonly coordinates: string;
  /** Rounding of `nearest`. */
  readonly rounding: string;
}

function sourceOf(output: number, from: number, to: number, scale: number, coordinates: string): number {
  switch (coordinates) {
    case "align_corners":
      return to === 1 ? 0 : (output * (from - 1)) / (to - 1);
    case "asymmetric":
      return output / scale;
    case "pytorch_half_pixel":
      return to === 1 ? 0 : (output + 0.5) / scale - 0.5;
    default:
      return (output + 0.5) / scale - 0.5;
  }
}

function nearest(source: number, rounding: string): number {
  switch (rounding) {
    case "floor":
      return Math.floor(source);
    case "ceil":
      return Math.ceil(source);
    case "round_prefer_ceil":
      return Math.floor(source + 0.5);
    default:
      return Math.ceil(source - 0.5);
  }
}

/**
 * The matrix R [to, from] of resizing one axis: output = R · input; each row sums to 1.
 * Sources outside the input take the value of its edge.
 * @see ONNX operator Resize, version 13
 */
export function resizeMatrix(from: number, to: number, mode: ResizeMode, scale: number): Float64Array {
  const matrix = new Float64Array(to * from);
  const add = (row: number, column: number, weight: number) => {
    matrix[row * from + Math.min(from - 1, Math.max(0, column))]! += weight;
  };
  for (let row = 0; row < to; row++) {
    const source = sourceOf(row, from, to, scale, mode.coordinates);
    if (mode.mode === "nearest") {
      add(row, nearest(source, mode.rounding), 1);
    } else {
      const low = Math.floor(source);
      add(row, low, 1 - (source - low));
      add(row, low + 1, source - low);
    }
  }
  return matrix;
}
