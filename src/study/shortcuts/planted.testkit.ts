import sharp from "sharp";
import { seededRandom, type Random } from "../../base/index.js";
import type { Case, Dataset, ImageTraits } from "../../data/index.js";
import { measureTraits } from "../../data/shortcuts/measure-traits.js";
import type { Box } from "../../images/index.js";

/** What can be planted on the images of the second class; each is what the probe of its name asks about. */
export const effects = ["size", "border", "brightness", "noise", "encoding", "file-name", "marker", "line", "coarse-appearance", "background"] as const;
export type Effect = (typeof effects)[number];

const [height, width] = [112, 80];

/** A smooth body with a bright column in the middle and some noise: nothing of it goes with a label. */
function drawBody(random: Random): Float32Array {
  const [center, level, column] = [random.between(0.42, 0.58), random.between(0.35, 0.5), random.between(0.1, 0.16)];
  const waves = Array.from({ length: 4 }, () => ({ row: random.between(1, 5), column: random.between(1, 4), phase: random.between(0, 6), height: random.between(0.01, 0.05) }));
  const pixels = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [y, x] = [i / height, j / width];
      let value = level + 0.2 * Math.exp(-(((x - center) / column) ** 2));
      for (const wave of waves) value += wave.height * Math.sin(wave.row * 6 * y + wave.column * 6 * x + wave.phase);
      pixels[i * width + j] = value + 0.012 * random.normal();
    }
  }
  return pixels;
}

function plant(pixels: Float32Array, effect: Effect, random: Random): void {
  const set = (row: number, column: number, value: number): void => {
    if (row >= 0 && row < height && column >= 0 && column < width) pixels[row * width + column] = value;
  };
  if (effect === "brightness") for (let i = 0; i < pixels.length; i++) pixels[i]! += 0.1;
  if (effect === "noise") for (let i = 0; i < pixels.length; i++) pixels[i]! += 0.012 * random.normal();
  if (effect === "border") for (let i = 0; i < height; i++) for (let j = 0; j < 5; j++) set(i, j, 0);
  if (effect === "coarse-appearance") for (let i = 60; i < height; i++) for (let j = 0; j < 40; j++) pixels[i * width + j]! += 0.06;
  if (effect === "background") for (let i = 8; i < 24; i++) for (let j = 50; j < width; j++) pixels[i * width + j]! += 0.06;
  if (effect === "marker") {
    const [top, left] = [6 + random.integer(6), 6 + random.integer(5)];
    for (let k = 0; k < 9; k++) {
      set(top + k, left, 1);
      set(top + k, left + 1, 1);
      if (k < 6) set(top + 7, left + k, 1);
      if (k < 6) set(top + 8, left + k, 1);
    }
  }
}

/** The region of interest: the bright column. */
const region: Box = { row: 4, column: 24, height: 104, width: 32 };

export interface PlantedImage {
  readonly id: string;
  readonly traits: ImageTraits;
}

/** One image with or without the effect, measured from its file's bytes. */
export async function measurePlanted(key: string, number: number, effect: Effect | undefined): Promise<PlantedImage> {
  const random = seededRandom("planted", key, number);
  const pixels = drawBody(random);
  if (effect !== undefined) plant(pixels, effect, random);
  let image = sharp(Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value)))), { raw: { width, height, channels: 1 } });
  // Lines thinner than a pixel of this small image would not be told from anatomy: drawn at four times the size.
  const wantsLines = key.includes("line");
  const scale = wantsLines ? 4 : 1;
  const [wide, high] = [scale * (width + (effect === "size" ? 10 : 0) + random.integer(8)), scale * (height + random.integer(8))];
  image = sharp(await image.png().toBuffer()).resize(wide, high, { fit: "fill" });
  if (effect === "line") {
    const [x1, y1] = [random.between(40, 80), random.between(60, 160)];
    image = sharp(await image.png().toBuffer()).composite([{ input: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}"><line x1="${x1}" y1="${y1}" x2="${x1 + 180}" y2="${y1 + random.between(40, 120)}" stroke="white" stroke-width="3"/></svg>`) }]);
  }
  image = image.toColourspace("b-w");
  const bytes = await (key.includes("encoding") ? image.jpeg({ quality: effect === "encoding" ? 80 : 85 + random.integer(8) }) : image.png()).toBuffer();
  const name = effect === "file-name" ? `scan ${number}` : `IMG_${number}`;
  const box: Box = { row: (region.row * high) / height, column: (region.column * wide) / width, height: (region.height * high) / height, width: (region.width * wide) / width };
  return { id: `${name}.png`, traits: await measureTraits(bytes, { name, boxes: [box] }) };
}

export interface PlantedSet {
  readonly dataset: Pick<Dataset, "cases" | "labels">;
  readonly traits: ReadonlyMap<string, ImageTraits>;
}

/** A data set of images, of which those with an odd number are of the second class. */
export function setOf(images: readonly PlantedImage[], labelOf: (i: number) => string = (i) => ["first", "second"][i % 2]!): PlantedSet {
  const cases = images.map(({ id }, i): Case => ({ id, file: `/${id}`, label: labelOf(i), fields: {} }));
  return { dataset: { cases, labels: ["first", "second"] }, traits: new Map(images.map(({ id, traits }) => [id, traits])) };
}

/** Images of two classes that differ in one thing. */
export async function plantedSet(effect: Effect, seed: number, count = 60): Promise<PlantedSet> {
  return setOf(await Promise.all(Array.from({ length: count }, (_, i) => measurePlanted(`${effect} ${seed}`, i, i % 2 === 1 ? effect : undefined))));
}
