import type { LeakKind } from "../../data/index.js";
import { decodeSmall, encodePicture, readImageFile } from "../../images/index.js";
import type { LeakPairResult } from "./contract.js";

/** Two cases that belong together, as they are. */
export interface PairPicture {
  readonly a: string;
  readonly b: string;
  readonly kind: LeakKind;
  readonly detail?: number;
  /** JPEG data URLs. */
  readonly images: readonly [string, string];
}

const longSide = 220;

/** Pictures of pairs side by side, the first of each kind first. */
export async function drawPairs(pairs: readonly LeakPairResult[], fileOf: (id: string) => string, most: number): Promise<PairPicture[]> {
  const seen = new Map<LeakKind, number>();
  const ranked = pairs.map((pair) => {
    const rank = seen.get(pair.kind) ?? 0;
    seen.set(pair.kind, rank + 1);
    return { pair, rank };
  });
  const chosen = ranked.sort((one, other) => one.rank - other.rank).slice(0, most);
  return Promise.all(
    chosen.map(async ({ pair: { a, b, kind, detail } }) => ({ a, b, kind, ...(detail !== undefined && { detail }), images: [await drawCase(fileOf(a), a), await drawCase(fileOf(b), b)] as const })),
  );
}

async function drawCase(file: string, name: string): Promise<string> {
  const { pixels, height, width } = await decodeSmall(await readImageFile(file, name), { longSide, name });
  const bytes = await encodePicture({ data: pixels, height, width, channels: 1 }, "jpeg");
  return `data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`;
}
