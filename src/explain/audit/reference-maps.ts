import { seededRandom } from "../../base/index.js";
import { upsample, type HeatMap } from "../upsample.js";

interface Extent {
  readonly height: number;
  readonly width: number;
}

/** Cells per axis of a random map: about those of a class-activation map. */
const cells = 8;

/** A smooth random map. */
export function randomReference({ height, width }: Extent, ...keys: readonly (string | number)[]): HeatMap {
  const random = seededRandom("random map", ...keys);
  return upsample({ values: Float32Array.from({ length: cells * cells }, () => random.uniform()), height: cells, width: cells }, height, width);
}

export function evenReference({ height, width }: Extent): HeatMap {
  return { values: new Float32Array(height * width).fill(1), height, width };
}

/** Size of Sobel's gradient of an image's first channel, the border held. */
export function edgeReference(image: Float32Array, { height, width }: Extent): HeatMap {
  const at = (y: number, x: number) => image[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
  const values = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = at(y - 1, x + 1) + 2 * at(y, x + 1) + at(y + 1, x + 1) - at(y - 1, x - 1) - 2 * at(y, x - 1) - at(y + 1, x - 1);
      const down = at(y + 1, x - 1) + 2 * at(y + 1, x) + at(y + 1, x + 1) - at(y - 1, x - 1) - 2 * at(y - 1, x) - at(y - 1, x + 1);
      values[y * width + x] = Math.hypot(across, down);
    }
  }
  return { values, height, width };
}

/** A map with its rows and columns rolled, by at least a quarter of the side each. */
export function rolled(map: HeatMap, ...keys: readonly (string | number)[]): HeatMap {
  const random = seededRandom("roll", ...keys);
  const step = (n: number) => Math.round(n * random.between(0.25, 0.75));
  const [down, right] = [step(map.height), step(map.width)];
  const values = map.values.map((_, i) => map.values[((Math.floor(i / map.width) + down) % map.height) * map.width + ((i % map.width) + right) % map.width]!);
  return { ...map, values };
}
