import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError, NotFoundError } from "../base/index.js";
import { decodeRaw } from "./decode-raw.js";
import { decodeDicom } from "./formats/dicom.js";
import type { SizeLimits } from "./inspect-image.js";
import { inspectImage } from "./inspect-image.js";
import type { ColorImage, DecodedImage, Radiograph } from "./radiograph.js";
import type { RawImage } from "./raw-image.js";

export interface DecodeOptions extends SizeLimits {
  /** `"grey"` (default): colors become luma 0.299 R + 0.587 G + 0.114 B. `"rgb"`: grey is repeated. */
  readonly channels?: "grey" | "rgb";
  /** How errors call the image; by default the path as given, or `"image"` for bytes. */
  readonly name?: string;
  /** From 0: the frame of a DICOM file of several, which without it is refused. */
  readonly frame?: number;
  /** `"masked"` (default): what looks like text burned into a DICOM image is painted black. `"kept"`: it stays. */
  readonly burnedIn?: "kept" | "masked";
}

/**
 * Decodes a PNG or JPEG to float32 in 0..1 of its full range (value / 255 or / 65535, exact), turned upright by its EXIF
 * orientation. CMYK is converted to RGB; transparent pixels are blended over black; embedded color profiles of grey and
 * RGB files are not applied, so that the stored values are what the network sees. A DICOM image passes through its own
 * rescale and window, see `formats/dicom.ts`, and leaves burned-in text behind unless it is asked for.
 * @throws DataError naming the file and the remedy: `image-empty`, `image-format`, `image-header`, `image-size`,
 *   `image-animated`, `image-kind`, `image-damaged`, `dicom-...`; NotFoundError `file-missing`
 * @see luma weights: ITU-R BT.601-7 (2011), section 2.5.1; checked against Pillow 9.4
 */
export async function decodeImage(input: string | Uint8Array, options: DecodeOptions & { channels: "rgb" }): Promise<ColorImage>;
export async function decodeImage(input: string | Uint8Array, options?: DecodeOptions & { channels?: "grey" }): Promise<Radiograph>;
export async function decodeImage(input: string | Uint8Array, options?: DecodeOptions): Promise<DecodedImage>;
export async function decodeImage(input: string | Uint8Array, options: DecodeOptions = {}): Promise<DecodedImage> {
  const name = options.name ?? (typeof input === "string" ? input : "image");
  const bytes = typeof input === "string" ? await readImageFile(input, name) : input;
  const source = inspectImage(bytes, name, { ...options, framesAllowed: options.frame !== undefined });
  if (source.format === "dicom") return decodeDicom(bytes, { name, channels: options.channels ?? "grey", burnedIn: options.burnedIn ?? "masked", source, ...(options.frame !== undefined && { frame: options.frame }) });
  const raw = await decodeRaw(bytes, source, name);
  const { width, height } = raw;
  return options.channels === "rgb"
    ? { pixels: toRgb(raw), channels: 3, height, width, source }
    : { pixels: toGrey(raw, source.color), channels: 1, height, width, source };
}

/**
 * Reads an image file whole.
 * @throws NotFoundError `file-missing`; DataError `file-unreadable`
 */
export async function readImageFile(file: string, name = path.basename(file)): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new NotFoundError("file-missing", `${name}: expected an image file, got no such file. Check the path, or remove it from the table.`, { cause });
    }
    const got = code === "EISDIR" ? "a folder" : code === "EACCES" ? "no permission to read it" : `the system's error ${code}`;
    throw new DataError("file-unreadable", `${name}: expected a readable image file, got ${got}. Check the file and its permissions.`, { cause });
  }
}

/** Share of each pixel that is opaque, or undefined where all of it is. */
function opacity({ samples, channels, full }: RawImage): ((pixel: number) => number) | undefined {
  if (channels === 1 || channels === 3) return undefined;
  return (pixel) => samples[pixel * channels + channels - 1]! / full;
}

function toGrey(raw: RawImage, color: boolean): Float32Array {
  const { samples, channels, full, width, height } = raw;
  const grey = new Float32Array(width * height);
  const opaque = opacity(raw);
  if (!color) {
    for (let i = 0; i < grey.length; i++) grey[i] = samples[i * channels]! / full;
  } else {
    for (let i = 0, j = 0; i < grey.length; i++, j += channels) {
      grey[i] = (0.299 * samples[j]! + 0.587 * samples[j + 1]! + 0.114 * samples[j + 2]!) / full;
    }
  }
  if (opaque !== undefined) for (let i = 0; i < grey.length; i++) grey[i]! *= opaque(i);
  return grey;
}

function toRgb(raw: RawImage): Float32Array {
  const { samples, channels, full, width, height } = raw;
  const size = width * height;
  const planes = new Float32Array(3 * size);
  const opaque = opacity(raw);
  for (let c = 0; c < 3; c++) {
    const first = channels <= 2 ? 0 : c;
    for (let i = 0; i < size; i++) planes[c * size + i] = (samples[i * channels + first]! / full) * (opaque === undefined ? 1 : opaque(i));
  }
  return planes;
}
