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
  const bytes = Buffer.from(values, "base64").subarray(index * height * width * 4, (index + 1) * height * width * 4);
  if (bytes.length !== height * width * 4) return undefined;
  return { values: Float32Array.from({ length: height * width }, (_, i) => bytes.readFloatLE(i * 4)), height, width, ...(window && { window }) };
}

export function encodeMap(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}
