import path from "node:path";
import { overlay, upsample } from "../explain/index.js";
import { writeFileAtomic } from "../files/index.js";
import { decodeImage, encodePicture, toImageFrame } from "../images/index.js";
import type { ImagePrediction } from "./predict-images.js";

/**
 * Lays each map over its image at the image's own size and writes `<name>.<label>.png`; a number is put in where two
 * images have the same name.
 * @returns the files written, in the order of the predictions
 */
export async function writeOverlays(predictions: readonly ImagePrediction[], folder: string): Promise<string[]> {
  const used = new Set<string>();
  const written: string[] = [];
  for (const { file, label, map, frame, placement } of predictions) {
    const image = await decodeImage(file, { channels: "grey", name: path.basename(file) });
    const square = upsample(map, frame.height, frame.width);
    const values = toImageFrame(square.values, square, placement);
    const picture = overlay({ values: image.pixels, height: image.height, width: image.width }, { values, height: image.height, width: image.width });
    const base = `${path.parse(file).name}.${label.replaceAll(/[^\p{L}\p{N}_-]+/gu, "_")}`;
    let name = `${base}.png`;
    for (let n = 2; used.has(name); n++) name = `${base}-${n}.png`;
    used.add(name);
    const target = path.join(folder, name);
    await writeFileAtomic(target, await encodePicture(picture, "png"));
    written.push(target);
  }
  return written;
}
