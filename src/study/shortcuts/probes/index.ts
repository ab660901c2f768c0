import type { Probe } from "../contract.js";
import { background } from "./background.js";
import { border } from "./border.js";
import { brightness } from "./brightness.js";
import { bytes } from "./bytes.js";
import { coarseAppearance } from "./coarse-appearance.js";
import { encoding } from "./encoding.js";
import { fileName } from "./file-name.js";
import { line } from "./line.js";
import { marker } from "./marker.js";
import { noise } from "./noise.js";
import { size } from "./size.js";

/** Every probe, what is named first standing first. */
export const probes = {
  size,
  marker,
  line,
  border,
  brightness,
  noise,
  encoding,
  bytes,
  "file-name": fileName,
  "coarse-appearance": coarseAppearance,
  background,
} as const satisfies Record<string, Probe>;

export type ProbeName = keyof typeof probes;
