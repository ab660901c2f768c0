import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";

/** A temporary folder `normal/`, `scoliosis/` of small grey PNGs, every one different. */
export async function makeImageFolder(perClass: number): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "osteon-set-"));
  for (const label of ["normal", "scoliosis"]) {
    mkdirSync(path.join(folder, label));
    for (let i = 0; i < perClass; i++) writeFileSync(path.join(folder, label, `${label} ${i}.png`), await makeImage(`${label} ${i}`));
  }
  return folder;
}

/** One grey PNG of 40 x 60 pixels, drawn from its name. */
export async function makeImage(name: string, width = 40, height = 60): Promise<Uint8Array> {
  const random = seededRandom("image-folder", name);
  const pixels = Uint8Array.from({ length: width * height }, () => random.integer(256));
  return sharp(pixels, { raw: { width, height, channels: 1 } }).png().toBuffer();
}
