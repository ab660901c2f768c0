/** Three passes of a running mean in each direction: close to a Gaussian of the given deviation. Edges repeat. */
export function blurSmooth(image: Float32Array, width: number, height: number, sigmaPx: number): Float32Array {
  // Variance of three boxes of half width r: r (r + 1).
  const radius = Math.round(Math.sqrt(sigmaPx * sigmaPx + 0.25) - 0.5);
  if (radius < 1) return gaussianBlur(image, width, height, sigmaPx);
  let [from, to] = [Float32Array.from(image), new Float32Array(image.length)];
  for (let pass = 0; pass < 3; pass++) {
    for (let r = 0; r < height; r++) runningMean(from, to, r * width, 1, width, radius);
    [from, to] = [to, from];
    for (let k = 0; k < width; k++) runningMean(from, to, k, width, height, radius);
    [from, to] = [to, from];
  }
  return from;
}

function runningMean(from: Float32Array, to: Float32Array, start: number, stride: number, length: number, radius: number): void {
  const end = start + (length - 1) * stride;
  const at = (i: number): number => from[i < 0 ? start : i >= length ? end : start + i * stride]!;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  const share = 1 / (2 * radius + 1);
  for (let i = 0; i < length; i++) {
    to[start + i * stride] = sum * share;
    sum += at(i + radius + 1) - at(i - radius);
  }
}

/** Gaussian blur by a sampled kernel cut at three deviations. Edges repeat; deviation 0 copies. */
export function gaussianBlur(image: Float32Array, width: number, height: number, sigmaPx: number): Float32Array {
  const radius = Math.ceil(3 * sigmaPx);
  const kernel = Array.from({ length: radius + 1 }, (_, i) => (i === 0 ? 1 : Math.exp((-i * i) / (2 * sigmaPx * sigmaPx))));
  const total = kernel.reduce((sum, w, i) => sum + (i === 0 ? w : 2 * w), 0);
  const along = (from: Float32Array, stride: number, length: number, start: number, to: Float32Array): void => {
    for (let i = 0; i < length; i++) {
      let sum = kernel[0]! * from[start + i * stride]!;
      for (let j = 1; j <= radius; j++) {
        sum += kernel[j]! * (from[start + Math.max(0, i - j) * stride]! + from[start + Math.min(length - 1, i + j) * stride]!);
      }
      to[start + i * stride] = sum / total;
    }
  };
  const [middle, result] = [new Float32Array(image.length), new Float32Array(image.length)];
  for (let r = 0; r < height; r++) along(image, 1, width, r * width, middle);
  for (let k = 0; k < width; k++) along(middle, width, height, k, result);
  return result;
}
