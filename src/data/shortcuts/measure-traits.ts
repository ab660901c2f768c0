import { OsteonError } from "../../base/index.js";
import { boundingBox, boxOfMask, decodeImage, inspectEncoding, inspectImage, locateMarks, type Box, type ColorImage, type Plane, type Polygon, type SizeLimits } from "../../images/index.js";
import type { ImageTraits } from "./image-traits.js";
import { quantileShares, thumbnailSide } from "./image-traits.js";
import { measureNoise } from "./noise-traits.js";

export interface TraitsRequest {
  /** How errors call the file. */
  readonly name: string;
  /** Mask file of the region of interest. */
  readonly region?: string;
  readonly boxes?: readonly Box[];
  readonly polygons?: readonly Polygon[];
  readonly limits?: SizeLimits;
}

/** Difference between color channels from which a pixel counts as colored. */
const colorDifference = 0.12;
/** Room around the region of interest that is blanked with it, as a share of the image's shorter side. */
const roomAround = 0.03;
/** Share of the image that must be left outside of the region. */
const leastOutside = 0.1;

/**
 * Decodes an image and measures what it shows and says beside anatomy.
 * @throws whatever decoding throws: `image-...`, `file-missing` of the mask
 */
export async function measureTraits(bytes: Uint8Array, request: TraitsRequest): Promise<ImageTraits> {
  const { name, limits } = request;
  const source = inspectImage(bytes, name, limits);
  const image = source.color ? await decodeImage(bytes, { ...limits, name, channels: "rgb" }) : undefined;
  const plane: Plane = image === undefined ? await decodeImage(bytes, { ...limits, name }) : { pixels: luma(image), height: image.height, width: image.width };
  const { height, width } = plane;
  const brightness = measureBrightness(plane);
  const { marks, margins } = locateMarks(plane);
  const scale = (cells: Float64Array): number[] => Array.from(cells, (value) => (value - brightness.mean) / Math.max(brightness.deviation, 1e-4));
  const outside = await outsideOf(plane, request);
  return {
    height,
    width,
    source,
    encoding: inspectEncoding(bytes),
    brightness,
    noise: measureNoise(plane),
    colored: image === undefined ? 0 : coloredShare(image),
    margins,
    marks,
    thumbnail: scale(shrink(plane)),
    ...(outside && { outside: scale(outside) }),
  };
}

function luma({ pixels, height, width }: ColorImage): Float32Array {
  const size = height * width;
  const grey = new Float32Array(size);
  for (let i = 0; i < size; i++) grey[i] = 0.299 * pixels[i]! + 0.587 * pixels[size + i]! + 0.114 * pixels[2 * size + i]!;
  return grey;
}

function coloredShare({ pixels, height, width }: ColorImage): number {
  const size = height * width;
  const step = Math.max(1, Math.floor(size / 10_000));
  let [colored, seen] = [0, 0];
  for (let i = 0; i < size; i += step) {
    const r = pixels[i]!;
    const g = pixels[size + i]!;
    const b = pixels[2 * size + i]!;
    if (Math.max(r, g, b) - Math.min(r, g, b) > colorDifference) colored += 1;
    seen += 1;
  }
  return colored / seen;
}

/** Pixels looked at, about, spread evenly. */
const brightnessSample = 16_000;

function measureBrightness({ pixels, height, width }: Plane): ImageTraits["brightness"] {
  const step = Math.max(1, Math.round(Math.sqrt(pixels.length / brightnessSample)));
  const sorted = new Float32Array(Math.ceil(height / step) * Math.ceil(width / step));
  let [count, sum, squares, black, white, rim, rims, center, centers] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let row = 0; row < height; row += step) {
    const inRows = Math.min(row / height, 1 - row / height);
    for (let column = 0; column < width; column += step) {
      const value = pixels[row * width + column]!;
      sorted[count] = value;
      count += 1;
      sum += value;
      squares += value * value;
      if (value <= 0.5 / 255) black += 1;
      else if (value >= 254.5 / 255) white += 1;
      const depth = Math.min(inRows, column / width, 1 - column / width);
      if (depth < 0.05) {
        rim += value;
        rims += 1;
      } else if (depth > 0.25) {
        center += value;
        centers += 1;
      }
    }
  }
  sorted.sort();
  const mean = sum / count;
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    quantiles: quantileShares.map((at) => sorted[Math.min(count - 1, Math.floor(at * count))]!),
    black: black / count,
    white: white / count,
    rimLessCenter: rim / Math.max(1, rims) - center / Math.max(1, centers),
  };
}

/** Means of the cells of a grid of {@link thumbnailSide}; pixels inside the box left out, NaN where none is left. */
function shrink({ pixels, height, width }: Plane, blanked?: Box): Float64Array {
  const side = thumbnailSide;
  const sums = new Float64Array(side * side);
  const counts = new Float64Array(side * side);
  const cellOf = Int32Array.from({ length: width }, (_, column) => Math.floor((column * side) / width));
  for (let row = 0; row < height; row++) {
    const base = Math.floor((row * side) / height) * side;
    const isInside = blanked !== undefined && row >= blanked.row && row < blanked.row + blanked.height;
    for (let column = 0, at = row * width; column < width; column++, at++) {
      if (isInside && column >= blanked.column && column < blanked.column + blanked.width) continue;
      const cell = base + cellOf[column]!;
      sums[cell]! += pixels[at]!;
      counts[cell]! += 1;
    }
  }
  return sums.map((sum, i) => sum / counts[i]!);
}

/** The thumbnail with the box around the region, and some room, left out. */
async function outsideOf(plane: Plane, { name, region, boxes, polygons }: TraitsRequest): Promise<Float64Array | undefined> {
  const around = region === undefined ? boundingBox({ ...(boxes && { boxes }), ...(polygons && { polygons }) }) : await boxOfRegion(region, `${name}, its mask`, plane);
  if (around === undefined) return undefined;
  const room = roomAround * Math.min(plane.height, plane.width);
  const blanked = { row: around.row - room, column: around.column - room, height: around.height + 2 * room, width: around.width + 2 * room };
  const covered = Math.min(plane.height, blanked.row + blanked.height) - Math.max(0, blanked.row);
  const across = Math.min(plane.width, blanked.column + blanked.width) - Math.max(0, blanked.column);
  if (1 - (covered * across) / (plane.height * plane.width) < leastOutside) return undefined;
  return shrink(plane, blanked);
}

async function boxOfRegion(file: string, name: string, { height, width }: Plane): Promise<Box | undefined> {
  let mask: Plane;
  try {
    mask = await decodeImage(file, { name, minSide: 1 });
  } catch (error) {
    // A mask that cannot be read is told where regions are loaded; it is no region here.
    if (error instanceof OsteonError) return undefined;
    throw error;
  }
  return mask.height === height && mask.width === width ? boxOfMask(mask.pixels, mask) : undefined;
}
