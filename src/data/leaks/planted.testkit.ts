import sharp, { type Sharp } from "sharp";
import { seededRandom, type Random } from "../../base/index.js";

/** Ways to copy an image so that no byte stays the same. */
export const disguises = {
  "re-encoded": (image, { random }) => image.jpeg({ quality: 35 + random.integer(50) }),
  "re-encoded as png": (image) => image.png(),
  "resized": (image, { width, height, random }) => image.resize(...scaled(width, height, random.pick([0.4, 0.5, 0.7, 1.5, 2]))).jpeg({ quality: 80 }),
  "cropped": (image, { width, height, random }) => {
    const [w, h] = [Math.round(width * 0.9), Math.round(height * 0.9)];
    return image.extract({ left: random.integer(width - w + 1), top: random.integer(height - h + 1), width: w, height: h }).jpeg({ quality: 85 });
  },
  "cropped on every side": (image, { width, height }) => {
    const [x, y] = [Math.round(width * 0.1), Math.round(height * 0.1)];
    return image.extract({ left: x, top: y, width: width - 2 * x, height: height - 2 * y }).jpeg({ quality: 85 });
  },
  "mirrored": (image) => image.flop().jpeg({ quality: 85 }),
  "brighter": (image, { random }) => image.linear(random.between(0.6, 1.4), random.between(-25, 25)).jpeg({ quality: 85 }),
  "gamma": (image, { random }) => image.gamma(random.between(1.3, 2.4), 1).jpeg({ quality: 85 }),
  "negative": (image) => image.negate({ alpha: false }).jpeg({ quality: 85 }),
  "framed": (image, { width, height, random }) => {
    const level = random.pick([0, 128, 255]);
    const [x, y] = [Math.round(width * random.between(0.02, 0.1)), Math.round(height * random.between(0.02, 0.1))];
    return image.extend({ left: x, right: x, top: y, bottom: y, background: { r: level, g: level, b: level } }).jpeg({ quality: 85 });
  },
  "mirrored, cropped and of another contrast": (image, { width, height, random }) => {
    const [w, h] = [Math.round(width * 0.9), Math.round(height * 0.9)];
    return image.extract({ left: random.integer(width - w + 1), top: random.integer(height - h + 1), width: w, height: h }).flop().linear(0.8, 20).jpeg({ quality: 75 });
  },
} satisfies Record<string, (image: Sharp, facts: { width: number; height: number; random: Random }) => Sharp>;

export type DisguiseName = keyof typeof disguises;
export const disguiseNames = Object.keys(disguises) as DisguiseName[];

function scaled(width: number, height: number, factor: number): [number, number] {
  return [Math.round(width * factor), Math.round(height * factor)];
}

/** A copy of an image that hides that it is one. */
export async function disguise(bytes: Uint8Array, name: DisguiseName, seed: number | string): Promise<Buffer> {
  const { width, height } = await sharp(bytes).metadata();
  const grey = await sharp(bytes).toColourspace("b-w").png().toBuffer();
  const make: (image: Sharp, facts: { width: number; height: number; random: Random }) => Sharp = disguises[name];
  return make(sharp(grey), { width, height, random: seededRandom("disguise", name, seed) }).toBuffer();
}
