import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import sharp from "sharp";
import { DataError, seededRandom } from "../base/index.js";
import { decodeImage } from "./decode-image.js";
import { jpegHeader, pngBytes } from "./images.testkit.js";
import { inspectImage } from "./inspect-image.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-images-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const random = seededRandom("decode-image");
const grey8 = Uint8Array.from({ length: 40 * 30 }, () => random.integer(256));
const grey16 = Uint16Array.from({ length: 40 * 30 }, () => random.integer(65536));
const rgb8 = Uint8Array.from({ length: 40 * 30 * 3 }, () => random.integer(256));
const raw = (channels: 1 | 2 | 3 | 4) => ({ raw: { width: 30, height: 40, channels } });

function save(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

test("8-bit and 16-bit grey PNG decode exactly to value / full range", async () => {
  const eight = await decodeImage(pngBytes(30, 40, 8, 0, grey8));
  assert.deepEqual(eight.pixels, Float32Array.from(grey8, (v) => v / 255));
  assert.deepEqual([eight.height, eight.width, eight.channels, eight.source.bitDepth], [40, 30, 1, 8]);
  const sixteen = await decodeImage(pngBytes(30, 40, 16, 0, grey16));
  assert.deepEqual(sixteen.pixels, Float32Array.from(grey16, (v) => v / 65535));
  assert.equal(sixteen.source.bitDepth, 16);
});

test("a 16-bit color PNG keeps every level in every plane", async () => {
  const samples = Uint16Array.from({ length: 40 * 30 * 3 }, () => random.integer(65536));
  const { pixels } = await decodeImage(pngBytes(30, 40, 16, 2, samples), { channels: "rgb" });
  for (let i = 0; i < 1200; i++) for (let c = 0; c < 3; c++) assert.equal(pixels[c * 1200 + i], Math.fround(samples[i * 3 + c]! / 65535));
});

test("color becomes luma as Pillow's convert('L') (stored values, within its rounding)", async () => {
  const reference = JSON.parse(readFileSync(path.resolve("test/fixtures/images/resize.json"), "utf8")) as { colors: number[][]; luma: number[] };
  const samples = Uint8Array.from(reference.colors.flat());
  const { pixels } = await decodeImage(pngBytes(40, 1, 8, 2, samples), { minSide: 1 });
  reference.luma.forEach((luma, i) => assert.ok(Math.abs(pixels[i]! * 255 - luma) <= 0.501, `${pixels[i]! * 255} and ${luma}`));
});

test("grey asked as rgb is repeated in three planes", async () => {
  const { pixels, channels } = await decodeImage(pngBytes(30, 40, 8, 0, grey8), { channels: "rgb" });
  assert.equal(channels, 3);
  for (let c = 0; c < 3; c++) assert.deepEqual(pixels.slice(c * 1200, (c + 1) * 1200), Float32Array.from(grey8, (v) => v / 255));
});

test("transparent pixels are blended over black, opaque alpha changes nothing", async () => {
  const samples = Uint8Array.from({ length: 2400 }, (_, i) => (i % 2 === 0 ? 200 : i % 4 === 1 ? 255 : 51));
  const { pixels, source } = await decodeImage(pngBytes(30, 40, 8, 4, samples));
  assert.equal(source.alpha, true);
  assert.equal(pixels[0], Math.fround(200 / 255));
  assert.ok(Math.abs(pixels[1]! - (200 / 255) * 0.2) < 1e-7);
});

test("bit depths 1 and palette expand to the full range", async () => {
  const bits = new Uint8Array(40 * 4).fill(0b10101010);
  const one = await decodeImage(pngBytes(30, 40, 1, 0, bits));
  assert.deepEqual([...one.pixels.subarray(0, 4)], [1, 0, 1, 0]);
  const palette = await sharp(rgb8, raw(3)).png({ palette: true, colors: 16 }).toBuffer();
  assert.equal((await decodeImage(palette, { channels: "rgb" })).pixels.length, 3600);
});

test("EXIF orientation turns the image upright: all eight equal the pixels worked by hand", async () => {
  const base = await sharp({ create: { width: 48, height: 32, channels: 3, background: "black" } })
    .composite([{ input: { create: { width: 16, height: 16, channels: 3, background: "white" } }, left: 0, top: 0 }])
    .png()
    .toBuffer();
  // Where the stored top left corner comes to lie, as [row, column] in the upright image.
  const corners = { 1: [0, 0], 2: [0, 1], 3: [1, 1], 4: [1, 0], 5: [0, 0], 6: [0, 1], 7: [1, 1], 8: [1, 0] } as const;
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
    const bytes = await sharp(base).jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const { pixels, height, width, source } = await decodeImage(bytes);
    assert.deepEqual([height, width], orientation < 5 ? [32, 48] : [48, 32]);
    assert.deepEqual([source.orientation, source.height, source.width], [orientation, 32, 48]);
    const [down, right] = corners[orientation];
    assert.ok(pixels[(down === 0 ? 4 : height - 5) * width + (right === 0 ? 4 : width - 5)]! > 0.9, `orientation ${orientation}`);
    assert.ok(pixels[(down === 0 ? height - 5 : 4) * width + (right === 0 ? width - 5 : 4)]! < 0.1, `orientation ${orientation}`);
  }
});

test("the orientation of a PNG's eXIf chunk is applied and told", async () => {
  const upright = await decodeImage(pngBytes(30, 40, 8, 0, grey8));
  const { pixels, height, width, source } = await decodeImage(pngBytes(30, 40, 8, 0, grey8, { orientation: 6 }));
  assert.deepEqual([height, width, source.orientation], [30, 40, 6]);
  // A quarter turn to the right: row r, column c come from row H - 1 - c, column r.
  for (const [r, c] of [[0, 0], [3, 7], [29, 39]] as const) assert.equal(pixels[r * 40 + c], upright.pixels[(39 - c) * 30 + r]);
});

test("headers with any bytes altered are read or refused, never a crash (fuzz)", async () => {
  const originals = [
    await sharp(grey8, raw(1)).jpeg().withMetadata({ orientation: 3 }).toBuffer(),
    Buffer.from(pngBytes(30, 40, 8, 0, grey8, { orientation: 6 })),
  ];
  for (let i = 0; i < 3000; i++) {
    const bytes = Uint8Array.from(originals[i % 2]!);
    for (let k = 0; k < 4; k++) bytes[3 + random.integer(150)] = random.pick([0, 1, 255, random.integer(256)]);
    try {
      inspectImage(bytes.subarray(0, random.integer(bytes.length)), "fuzz.png");
    } catch (error) {
      assert.ok(error instanceof DataError, String(error));
    }
  }
});

test("a CMYK JPEG is converted to color", async () => {
  const bytes = await sharp({ create: { width: 32, height: 32, channels: 3, background: { r: 250, g: 250, b: 250 } } }).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
  const { pixels, source } = await decodeImage(bytes);
  assert.equal(source.cmyk, true);
  assert.ok(pixels[0]! > 0.9, `white stays white: ${pixels[0]}`);
});

test("content decides, not the name: a JPEG named .png decodes", async () => {
  const file = save("really a jpeg, 脊柱.png", await sharp(grey8, raw(1)).jpeg().toBuffer());
  assert.equal((await decodeImage(file)).source.format, "jpeg");
});

const whole = pngBytes(30, 40, 8, 0, grey8);
const bad: { title: string; bytes: () => Uint8Array | Promise<Uint8Array>; code: string; says: RegExp }[] = [
  { title: "0 bytes", bytes: () => new Uint8Array(0), code: "image-empty", says: /0 bytes\. Copy it again/ },
  { title: "text", bytes: () => Buffer.from("file,label\na.png,normal\n"), code: "image-format", says: /got text\. Replace it/ },
  { title: "a GIF", bytes: () => sharp(rgb8, raw(3)).gif().toBuffer(), code: "image-format", says: /a GIF image\. Convert/ },
  { title: "a TIFF", bytes: () => sharp(rgb8, raw(3)).tiff().toBuffer(), code: "image-format", says: /a TIFF image\. Convert/ },
  { title: "a WebP", bytes: () => sharp(rgb8, raw(3)).webp().toBuffer(), code: "image-format", says: /a WebP image/ },
  { title: "a DICOM file", bytes: () => Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]), code: "dicom-format", says: /a DICOM data set, got a header/ },
  { title: "a header cut off", bytes: () => whole.subarray(0, 20), code: "image-header", says: /cut off in its header \(20 bytes\)/ },
  { title: "a cut PNG", bytes: () => whole.subarray(0, whole.length / 2), code: "image-damaged", says: /cut off or damaged .*Copy it again/ },
  { title: "a PNG without its end", bytes: () => whole.subarray(0, whole.length - 40), code: "image-damaged", says: /Copy it again/ },
  { title: "a flipped byte in a PNG", bytes: () => Uint8Array.from(whole, (v, i) => (i === 600 ? v ^ 255 : v)), code: "image-damaged", says: /Copy it again/ },
  { title: "1 x 1 pixel", bytes: () => pngBytes(1, 1, 8, 0, Uint8Array.of(7)), code: "image-size", says: /at least 16 x 16 pixels, got 1 x 1/ },
  { title: "30,000 x 30,000 pixels, PNG", bytes: () => pngBytes(30000, 30000, 8, 0, new Uint8Array(0)), code: "image-size", says: /at most 100000000 pixels, got 30000 x 30000 = 900000000/ },
  { title: "30,000 x 30,000 pixels, JPEG", bytes: () => jpegHeader(30000, 30000, 8), code: "image-size", says: /30000 x 30000/ },
  { title: "12-bit JPEG", bytes: () => jpegHeader(100, 100, 12), code: "image-kind", says: /got 12 bits\. Export it as 16-bit PNG/ },
  { title: "lossless JPEG", bytes: () => jpegHeader(100, 100, 8, 0xc3), code: "image-kind", says: /lossless/ },
  { title: "an animation", bytes: () => pngBytes(30, 40, 8, 0, grey8, { frames: 3 }), code: "image-animated", says: /an animation of 3/ },
  { title: "a cut JPEG", bytes: async () => cut(await sharp(grey8, raw(1)).jpeg().toBuffer()), code: "image-damaged", says: /cut off or damaged/ },
  { title: "a JPEG of nothing but its start", bytes: () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), code: "image-header", says: /cut off/ },
];

function cut(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length * 0.6));
}

for (const { title, bytes, code, says } of bad) {
  test(`${title}: one clear error that names the file`, async () => {
    const file = save("case 7, links.png", await bytes());
    await assert.rejects(decodeImage(file, { name: "a/case 7, links.png" }), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, /^a\/case 7, links\.png: expected .+, got .+\. [A-Z].+\.$/s);
      assert.match(error.message, says);
      return true;
    });
  });
}

test("a missing file and a folder are told apart", async () => {
  await assert.rejects(decodeImage(path.join(folder, "no such.png")), { code: "file-missing" });
  await assert.rejects(decodeImage(folder), { code: "file-unreadable", message: /got a folder/ });
});

test("limits are options", async () => {
  await assert.rejects(decodeImage(whole, { maxPixels: 1000 }), { code: "image-size" });
  assert.equal((await decodeImage(pngBytes(1, 1, 8, 0, Uint8Array.of(255)), { minSide: 1 })).pixels[0], 1);
});

test("bytes cut anywhere never crash and never decode silently to something else", async () => {
  const complete = await sharp(grey8, raw(1)).jpeg().toBuffer();
  for (let n = 0; n < complete.length - 2; n += 37) {
    await assert.rejects(decodeImage(complete.subarray(0, n)), (error: Error & { code?: string }) => error.code?.startsWith("image-") === true);
  }
});

test("bytes after the end of a PNG are no reason to refuse it", async () => {
  assert.equal((await decodeImage(Buffer.concat([whole, Buffer.from("trailing")]))).width, 30);
});

const shared = path.resolve("../shared/data");
test("real photos and radiographs decode", { skip: existsSync(shared) ? false : "shared data absent" }, async () => {
  const chelsea = await decodeImage(path.join(shared, "photos/chelsea.png"), { channels: "rgb" });
  assert.deepEqual([chelsea.height, chelsea.width], [300, 451]);
  const spine = await decodeImage(path.join(shared, "spine-xray/normal/normal-001.jpg"));
  assert.deepEqual([spine.height, spine.width], [971, 259]);
});
