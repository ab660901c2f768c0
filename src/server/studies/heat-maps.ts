import type { Box, Placement } from "../../images/index.js";
import type { StudyResults, TaskRecord } from "../../study/index.js";
import type { CaseFiles } from "./case-files.js";
import type { PictureFacts } from "./case-picture.js";
import type { StudyRow } from "./run-catalog.js";

/** Where the network's frame lies on the picture, in its pixels; it may reach beyond. */
export function frameOn(picture: Pick<PictureFacts, "source" | "height" | "width">, place: Placement): Box {
  if (picture.source === "prepared") return { row: 0, column: 0, height: picture.height, width: picture.width };
  const [down, across] = [place.height / place.rows, place.width / place.columns];
  return { row: -place.top * down, column: -place.left * across, height: place.size * down, width: place.size * across };
}

/** How a case was placed in the network's frame: as the run prepared it, or as its recipe says. */
export async function placementOf(files: CaseFiles, row: StudyRow, results: StudyResults, { picture, imageSha256, window }: { readonly picture: PictureFacts; readonly imageSha256: string | null; readonly window?: Box }): Promise<Placement> {
  const prepared = window === undefined ? await files.prepared(row, imageSha256) : undefined;
  if (prepared !== undefined) return prepared.placement;
  const { placement, defaultPreprocessing } = await import("../../images/index.js");
  const { size = 224, resize = defaultPreprocessing.resize } = results.recipe.image ?? {};
  return placement(picture.height, picture.width, { ...defaultPreprocessing, size, resize }, window);
}

export interface StoredMap {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly window?: Box;
}

/** The map that the study stored for a case; undefined where the record or the map is missing. */
export function storedMap(record: TaskRecord | undefined, name: string): StoredMap | undefined {
  const index = record?.predictions.findIndex((prediction) => prediction.case === name) ?? -1;
  if (record === undefined || index < 0 || record.maps.values === "") return undefined;
  const { window } = record.predictions[index]!;
  const { height, width, values } = record.maps;
  const bytes = partOfBase64(values, index * height * width * 4, height * width * 4);
  if (bytes.length !== height * width * 4) return undefined;
  return { values: new Float32Array(bytes.buffer), height, width, ...(window && { window }) };
}

/** Bytes in the middle of base64, without decoding the maps of all other cases: four letters hold three bytes. Little-endian, as this machine's. */
function partOfBase64(text: string, from: number, length: number): Uint8Array<ArrayBuffer> {
  const group = Math.floor(from / 3);
  const decoded = Buffer.from(text.slice(4 * group, 4 * Math.ceil((from + length) / 3)), "base64");
  return new Uint8Array(decoded.subarray(from - 3 * group, from - 3 * group + length));
}

export function encodeMap(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}
