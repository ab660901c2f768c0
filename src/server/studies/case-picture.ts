import { readFile } from "node:fs/promises";
import type { StudyResults } from "../../study/index.js";
import type { DiskCache } from "../store/disk-cache.js";
import type { CaseFiles } from "./case-files.js";
import { LatestUsed } from "./latest-used.js";
import type { StudyRow } from "./run-catalog.js";

/** What there is to know of a picture beside its pixels. */
export type PictureFacts = Omit<CasePicture, "pixels" | "dicom">;

/** A picture of a case to look at: grey, upright, nothing of the file it came from in it. */
export interface CasePicture {
  readonly source: "original" | "prepared";
  readonly height: number;
  readonly width: number;
  /** [H, W] in 0..1. */
  readonly pixels: Float32Array;
  readonly spacingMm?: readonly [number, number];
  readonly isDicom: boolean;
  /** DICOM bytes, where it is. */
  readonly dicom?: Buffer;
}

export interface PictureSubject {
  readonly name: string;
  readonly image_sha256: string | null;
}

const imagesRoom = () => import("../../images/index.js");

/** Longer side of a thumbnail. */
const thumbnailSide = 192;

/** Reads a picture from bytes of any format. */
export async function pictureOf(bytes: Buffer, name: string): Promise<CasePicture> {
  const [{ decodeImage }, { looksLikeDicom }] = await Promise.all([imagesRoom(), import("../../dicom/index.js")]);
  const image = await decodeImage(bytes, { name, channels: "grey" });
  const isDicom = looksLikeDicom(bytes);
  return { source: "original", height: image.height, width: image.width, pixels: image.pixels, ...(image.spacingMm && { spacingMm: image.spacingMm }), isDicom, ...(isDicom && { dicom: bytes }) };
}

/** Grey values lie between those of 8 bits by more than rounding. */
const betweenLevels = 1e-3;

/** With 16 bits where the picture has more than 8: whoever narrows the window sees what lies between. */
export async function toPng({ pixels, height, width }: Pick<CasePicture, "pixels" | "height" | "width">): Promise<Uint8Array> {
  const { encodeLevels, encodePicture } = await imagesRoom();
  if (pixels.some((value) => Math.abs(255 * value - Math.round(255 * value)) > betweenLevels)) return encodeLevels({ levels: scaleTo(new Uint16Array(pixels.length), pixels, 65_535), height, width });
  return encodePicture({ data: scaleTo(new Uint8Array(pixels.length), pixels, 255), height, width, channels: 1 }, "png");
}

/** A plain loop: a film has seven million pixels, and `from` with a function takes seconds for them. */
function scaleTo<T extends Uint8Array | Uint16Array>(levels: T, pixels: Float32Array, most: number): T {
  for (let i = 0; i < pixels.length; i++) levels[i] = Math.round(Math.min(1, Math.max(0, pixels[i]!)) * most);
  return levels;
}

export async function shrink({ pixels, height, width }: Pick<CasePicture, "pixels" | "height" | "width">): Promise<Pick<CasePicture, "pixels" | "height" | "width">> {
  const { resizeBilinear } = await imagesRoom();
  const scale = Math.min(1, thumbnailSide / Math.max(height, width));
  const [h, w] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
  const small = resizeBilinear(pixels, { height, width }, { height: h, width: w });
  return { pixels: small.map((value) => Math.round(255 * value) / 255), height: h, width: w };
}

/** Goes up when pictures are made otherwise, so that those on disk are made again. */
const edition = 1;

/** Pictures of cases: those looked at last in memory, what is shown of the others on disk. */
export class CasePictures {
  readonly #files: CaseFiles;
  readonly #cache: DiskCache;
  readonly #kept = new LatestUsed<string, Promise<CasePicture | undefined>>(4);
  readonly #pngs = new LatestUsed<string, Promise<Uint8Array | undefined>>(12);
  readonly #facts = new LatestUsed<string, Promise<PictureFacts | undefined>>(5000);

  constructor(files: CaseFiles, cache: DiskCache) {
    this.#files = files;
    this.#cache = cache;
  }

  picture(row: StudyRow, results: StudyResults, subject: PictureSubject): Promise<CasePicture | undefined> {
    return this.#kept.get(`${row.id} ${row.stamp} ${subject.name}`, async () => {
      const bytes = await this.#files.original(row, results, { name: subject.name, imageSha256: subject.image_sha256 });
      if (bytes !== undefined) return pictureOf(bytes, "image");
      const prepared = await this.#files.prepared(row, subject.image_sha256);
      if (prepared === undefined) return undefined;
      const { size } = prepared.placement;
      return { source: "prepared", height: size, width: size, pixels: prepared.frame.slice(0, size * size), isDicom: false };
    });
  }

  /**
   * What is made of a picture: once for each original image, whichever study or server shows it. What networks saw is not kept: the
   * original may come to lie beside the run.
   */
  async #made(row: StudyRow, results: StudyResults, subject: PictureSubject, { what, make }: { readonly what: string; readonly make: (picture: CasePicture) => Promise<Uint8Array> }): Promise<Uint8Array | undefined> {
    let shown: Uint8Array | undefined;
    const made = async (): Promise<Uint8Array | undefined> => {
      const picture = await this.picture(row, results, subject);
      shown = picture && (await make(picture));
      return picture?.source === "original" ? shown : undefined;
    };
    if (subject.image_sha256 === null) {
      await made();
      return shown;
    }
    return (await this.#cache.get(`${what} ${edition} ${subject.image_sha256}`, made)) ?? shown;
  }

  /** Its size and spacing. */
  facts(row: StudyRow, results: StudyResults, subject: PictureSubject): Promise<PictureFacts | undefined> {
    return this.#facts.get(`${row.id} ${row.stamp} ${subject.name}`, async () => {
      const text = await this.#made(row, results, subject, { what: "facts of a picture", make: async ({ pixels: _, dicom: __, ...facts }) => Buffer.from(JSON.stringify(facts)) });
      return text && (JSON.parse(Buffer.from(text).toString()) as PictureFacts);
    });
  }

  /** The same as a PNG file. */
  png(row: StudyRow, results: StudyResults, subject: PictureSubject, { isThumbnail = false }: { readonly isThumbnail?: boolean } = {}): Promise<Uint8Array | undefined> {
    const what = isThumbnail ? "thumbnail" : "picture";
    return this.#pngs.get(`${what} ${row.id} ${row.stamp} ${subject.name}`, () => this.#made(row, results, subject, { what, make: async (picture) => toPng(isThumbnail ? await shrink(picture) : picture) }));
  }

  /** A picture of a data set's file, as a PNG; `mark` changes when the file does. */
  async pngOfFile(file: string, mark: string, { isThumbnail }: { readonly isThumbnail: boolean }): Promise<Uint8Array> {
    const what = isThumbnail ? "thumbnail" : "picture";
    const png = await this.#cache.get(`${what} ${edition} ${file} ${mark}`, async () => {
      const picture = await pictureOf(await readFile(file), "image");
      return toPng(isThumbnail ? await shrink(picture) : picture);
    });
    return png!;
  }
}
