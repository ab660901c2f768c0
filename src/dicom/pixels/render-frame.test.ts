import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { parseDicom } from "../parse/parse-dicom.js";
import { renderFrame } from "./render-frame.js";

const shared = path.resolve("../shared/data/dicom");

interface Rendered {
  readonly color: boolean;
  readonly width: number;
  readonly height: number;
  readonly step: number;
  readonly samples: readonly number[];
}

test("rendered pixels equal dcmtk's to 1.3 levels of 255, as dcmtk rounds after the rescale: windows, tables, inversion, palettes, color (stored samples)", { skip: existsSync(shared) ? false : "shared data absent" }, () => {
  const { files } = JSON.parse(readFileSync(path.resolve("test/fixtures/dicom/rendered.json"), "utf8")) as { files: Record<string, Rendered> };
  for (const [name, { color, width, height, step, samples }] of Object.entries(files)) {
    const file = parseDicom(readFileSync(path.join(shared, name)), { name });
    const image = renderFrame(file, { channels: color ? "rgb" : "grey", orientation: "stored" });
    assert.deepEqual([image.width, image.height], [width, height], name);
    const size = width * height;
    let worst = 0;
    for (let i = 0, k = 0; k < samples.length; i += step) {
      for (let c = 0; c < image.channels; c++, k++) worst = Math.max(worst, Math.abs(255 * image.pixels[c * size + i]! - samples[k]!));
    }
    assert.ok(worst <= 1.3, `${name}: ${worst}`);
  }
  assert.ok(Object.keys(files).length >= 30);
});
