import assert from "node:assert/strict";
import test from "node:test";
import sharp from "sharp";
import { inspectEncoding } from "./inspect-encoding.js";

const grey = sharp(Uint8Array.from({ length: 64 * 48 }, (_, i) => (i * 37) % 256), { raw: { width: 64, height: 48, channels: 1 } });
const color = sharp(Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 37) % 256), { raw: { width: 64, height: 48, channels: 3 } });

test("the quality of a JPEG is read from its tables as libjpeg was told it (oracle: libjpeg through sharp)", async () => {
  for (const quality of [10, 30, 50, 75, 82, 90, 95, 100]) {
    const found = inspectEncoding(await grey.clone().jpeg({ quality }).toBuffer()).jpegQuality!;
    assert.ok(Math.abs(found - quality) <= 1, `${found} for ${quality}`);
  }
});

test("progression, subsampling, segments and software are read; other bytes say nothing", async () => {
  const plain = inspectEncoding(await color.clone().jpeg({ chromaSubsampling: "4:2:0" }).toBuffer());
  assert.deepEqual([plain.progressive, plain.subsampling, plain.software], [false, "2x2", undefined]);
  const rich = inspectEncoding(await color.clone().jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).withExif({ IFD0: { Software: "Viewer 3", Make: "Maker" } }).toBuffer());
  assert.deepEqual([rich.progressive, rich.subsampling, rich.software], [true, "1x1", "Viewer 3 · Maker"]);
  assert.ok(rich.segments.includes("Exif"));
  const png = await grey.clone().png({ progressive: true }).toBuffer();
  assert.deepEqual([inspectEncoding(png).progressive, inspectEncoding(png).bytes, inspectEncoding(png).jpegQuality], [true, png.length, undefined]);
  assert.deepEqual(inspectEncoding(Uint8Array.of(1, 2, 3)), { bytes: 3, progressive: false, segments: [] });
});

test("a file cut anywhere is read as far as it goes and never throws", async () => {
  const files = [await color.clone().jpeg().withExif({ IFD0: { Software: "Viewer 3" } }).toBuffer(), await color.clone().png().withExif({ IFD0: { Software: "Viewer 3" } }).toBuffer()];
  for (const bytes of files) for (let length = 0; length < Math.min(700, bytes.length); length++) assert.ok(inspectEncoding(bytes.subarray(0, length)).bytes === length);
});
