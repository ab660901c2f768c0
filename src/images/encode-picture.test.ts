import assert from "node:assert/strict";
import test from "node:test";
import sharp from "sharp";
import { encodePicture } from "./encode-picture.js";

const data = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => (i * 7) % 256);

test("a PNG gives back the same pixels", async () => {
  const file = await encodePicture({ data, height: 4, width: 6, channels: 3 }, "png");
  const { data: decoded, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [6, 4, 3]);
  assert.deepEqual(new Uint8Array(decoded), data);
});

test("a JPEG is one by its first bytes", async () => {
  const file = await encodePicture({ data, height: 4, width: 6, channels: 3 }, "jpeg");
  assert.deepEqual([...file.subarray(0, 2)], [0xff, 0xd8]);
});
