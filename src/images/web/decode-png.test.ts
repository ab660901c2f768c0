import assert from "node:assert/strict";
import test from "node:test";
import sharp from "sharp";
import { seededRandom } from "../../base/index.js";
import { decodeRaw as decodeByLibvips } from "../decode-raw.js";
import { pngBytes } from "../images.testkit.js";
import { inspectImage } from "../inspect-image.js";
import type { RawImage } from "../raw-image.js";
import { decodeRaw } from "./decode-raw.js";

const random = seededRandom("decode-png");
const [width, height] = [37, 23];

/** Values per pixel as the network sees them: color planes and opacity. */
function valuesOf({ samples, channels, full }: RawImage): number[][] {
  const hasAlpha = channels === 2 || channels === 4;
  return Array.from({ length: samples.length / channels }, (_, i) => {
    const pixel = [...samples.subarray(i * channels, (i + 1) * channels)];
    const alpha = hasAlpha ? pixel.pop()! : full;
    const color = pixel.length === 1 ? [pixel[0]!, pixel[0]!, pixel[0]!] : pixel;
    return [...color, alpha, full];
  });
}

async function same(bytes: Uint8Array, what: string): Promise<void> {
  const source = inspectImage(bytes, "x.png", { minSide: 1 });
  const [got, expected] = [await decodeRaw(bytes, source, "x.png"), await decodeByLibvips(bytes, source, "x.png")];
  assert.deepEqual([got.width, got.height], [expected.width, expected.height], what);
  assert.deepEqual(valuesOf(got), valuesOf(expected), what);
}

const samplesOf = { 0: 1, 2: 3, 4: 2, 6: 4 } as const;

test("a PNG of every color type and depth gives libvips' values, bit for bit", async () => {
  for (const type of [0, 2, 4, 6] as const) {
    const count = width * height * samplesOf[type];
    await same(pngBytes(width, height, 8, type, Uint8Array.from({ length: count }, () => random.integer(256))), `type ${type}, 8 bits`);
    await same(pngBytes(width, height, 16, type, Uint16Array.from({ length: count }, () => random.integer(65536))), `type ${type}, 16 bits`);
  }
  for (const depth of [1, 2, 4]) {
    const line = Math.ceil((width * depth) / 8);
    await same(pngBytes(width, height, depth, 0, Uint8Array.from({ length: line * height }, () => random.integer(256))), `grey of ${depth} bits`);
  }
});

test("filters, interlacing, palettes, transparency and orientation give libvips' values", async () => {
  const pixels = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 128 + random.integer(128) : (i * 3 + random.integer(9)) % 256));
  for (const channels of [3, 4] as const) {
    const raw = channels === 4 ? pixels : pixels.filter((_, i) => i % 4 !== 3);
    const image = sharp(raw, { raw: { width, height, channels } });
    await same(await image.clone().png({ adaptiveFiltering: true }).toBuffer(), `filters, ${channels}`);
    await same(await image.clone().png({ progressive: true, adaptiveFiltering: true }).toBuffer(), `interlaced, ${channels}`);
    await same(await image.clone().png({ palette: true, colours: 16 }).toBuffer(), `palette, ${channels}`);
  }
  const deep = sharp(Uint16Array.from({ length: width * height }, (_, i) => (i * 71) % 65536), { raw: { width, height, channels: 1 } }).toColourspace("grey16");
  await same(await deep.png({ progressive: true }).toBuffer(), "16-bit grey, interlaced");
  for (let orientation = 1; orientation <= 8; orientation++) {
    await same(pngBytes(width, height, 8, 0, Uint8Array.from({ length: width * height }, () => random.integer(256)), { orientation }), `orientation ${orientation}`);
  }
});

test("a cut or altered PNG is refused by name", async () => {
  const whole = pngBytes(width, height, 8, 0, Uint8Array.from({ length: width * height }, () => random.integer(256)));
  const source = inspectImage(whole, "x.png");
  const altered = whole.slice();
  altered[200]! ^= 1;
  for (const bytes of [whole.subarray(0, 300), altered]) await assert.rejects(decodeRaw(bytes, source, "x.png"), { code: "image-damaged", message: /^x\.png: / });
});
