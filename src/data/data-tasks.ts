import { OsteonError } from "../base/index.js";
import { sha256 } from "../files/index.js";
import type { Box, FitRequest, Polygon, FittedImage, ImageSource, SizeLimits } from "../images/index.js";
import { assembleBatch, boundingBox, decodeImage, fitBytes, inspectImage, planesOf, readImageFile } from "../images/index.js";
import type { ImageTraits } from "./shortcuts/image-traits.js";
import { measureTraits } from "./shortcuts/measure-traits.js";
import { leakTasks } from "./leaks/leak-tasks.js";
import { preparedFile, readPrepared, writePrepared } from "./prepared-cache.js";

export interface CheckRequest {
  readonly file: string;
  /** How errors call the file. */
  readonly name: string;
  readonly region?: string;
  readonly boxes?: readonly Box[];
  readonly polygons?: readonly Polygon[];
  readonly limits?: SizeLimits;
  /** `"header"` reads what the file says of itself, `"pixels"` decodes it. */
  readonly depth: "header" | "pixels";
  /** Measure what the image shows beside anatomy, while it is decoded. */
  readonly traits?: boolean;
}

/** What a check found; a problem is a value, so that all files are looked at. */
export type CheckResult =
  | { readonly source: ImageSource; readonly sha256: string; readonly traits?: ImageTraits }
  | { readonly problem: { readonly code: string; readonly message: string } };

export interface PrepareRequest extends FitRequest {
  /** Folder of the cache; none when left out. */
  readonly cacheDirectory?: string;
}

export interface PrepareResult extends FittedImage {
  readonly fromCache: boolean;
  /** The cache held a damaged file, which was replaced. */
  readonly rebuilt: boolean;
}

/** What the data workers do. */
export const dataTasks = {
  async check(request: CheckRequest): Promise<CheckResult> {
    try {
      return await checkFile(request);
    } catch (error) {
      if (!(error instanceof OsteonError)) throw error;
      return { problem: { code: error.code, message: error.message } };
    }
  },

  /** Decodes an image into the network frame, or takes it from the cache when its content was prepared before. */
  async prepare({ file, name, preprocessing, window, limits, burnedIn, cacheDirectory }: PrepareRequest): Promise<PrepareResult> {
    const bytes = await readImageFile(file, name);
    const content = sha256(bytes);
    const cached = cacheDirectory === undefined ? undefined : preparedFile(cacheDirectory, content, preprocessing, { ...(window && { window }), ...(burnedIn && { burnedIn }) });
    const length = planesOf(preprocessing) * preprocessing.size ** 2;
    const found = cached === undefined ? { damaged: false } : await readPrepared(cached, length);
    if ("image" in found && found.image !== undefined) return { ...shared(found.image), fromCache: true, rebuilt: false };
    const image = { ...(await fitBytes(bytes, { name, preprocessing, window, limits, burnedIn })), sha256: content };
    if (cached !== undefined) await writePrepared(cached, image);
    return { ...shared(image), fromCache: false, rebuilt: found.damaged };
  },

  batch: assembleBatch,

  ...leakTasks,
};

/** The same image in memory that every thread sees. */
function shared(image: FittedImage): FittedImage {
  const frame = new Float32Array(new SharedArrayBuffer(image.frame.byteLength));
  frame.set(image.frame);
  return { ...image, frame };
}

async function checkFile({ file, name, region, boxes, polygons, limits, depth, traits: wanted }: CheckRequest): Promise<CheckResult> {
  const bytes = await readImageFile(file, name);
  const source = inspectImage(bytes, name, limits);
  const traits = wanted === true && depth === "pixels" ? await measureTraits(bytes, { name, region, boxes, polygons, limits }) : undefined;
  if (depth === "pixels" && traits === undefined) await decodeImage(bytes, { ...limits, name });
  const size = upright(source);
  const told = `${size.width} x ${size.height}`;
  if (region !== undefined) {
    const mask = upright(inspectImage(await readImageFile(region, `${name}, its mask`), `${name}, its mask`, { minSide: 1 }));
    if (mask.width !== size.width || mask.height !== size.height) {
      return problem("region-size", `${name}: expected a mask of the radiograph's size ${told}, got ${mask.width} x ${mask.height}. Save the mask at the radiograph's own resolution.`);
    }
  }
  const outside = boxes?.find((box) => box.row < 0 || box.column < 0 || box.row + box.height > size.height || box.column + box.width > size.width);
  if (outside !== undefined) {
    return problem("region-size", `${name}: expected boxes inside the radiograph of ${told}, got row ${outside.row}, column ${outside.column}, height ${outside.height}, width ${outside.width}. Correct the boxes column.`);
  }
  const around = boundingBox({ polygons });
  if (around !== undefined && (around.row < -1 || around.column < -1 || around.row + around.height > size.height + 1 || around.column + around.width > size.width + 1)) {
    return problem("region-size", `${name}: expected outlines inside the radiograph of ${told}, got one from row ${around.row}, column ${around.column} over ${around.width} x ${around.height}. Draw them on the radiograph itself.`);
  }
  return { source, sha256: sha256(bytes), ...(traits && { traits }) };
}

function problem(code: string, message: string): CheckResult {
  return { problem: { code, message } };
}

function upright({ width, height, orientation }: ImageSource): { width: number; height: number } {
  return orientation > 4 ? { width: height, height: width } : { width, height };
}
