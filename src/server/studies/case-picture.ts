import type { StudyResults } from "../../study/index.js";
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
  if (pixels.some((value) => Math.abs(255 * value - Math.round(255 * value)) > betweenLevels)) return encodeLevels({ levels: Uint16Array.from(pixels, (value) => Math.round(Math.min(1, Math.max(0, value)) * 65_535)), height, width });
  return encodePicture({ data: Uint8Array.from(pixels, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255)), height, width, channels: 1 }, "png");
}

export async function shrink({ pixels, height, width }: Pick<CasePicture, "pixels" | "height" | "width">): Promise<Pick<CasePicture, "pixels" | "height" | "width">> {
  const { resizeBilinear } = await imagesRoom();
  const scale = Math.min(1, thumbnailSide / Math.max(height, width));
  const [h, w] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
  const small = resizeBilinear(pixels, { height, width }, { height: h, width: w });
  return { pixels: small.map((value) => Math.round(255 * value) / 255), height: h, width: w };
}

/** Pictures of cases, those looked at last kept. */
export class CasePictures {
  readonly #files: CaseFiles;
  readonly #kept = new LatestUsed<string, Promise<CasePicture | undefined>>(12);
  readonly #pngs = new LatestUsed<string, Promise<Uint8Array>>(64);
  readonly #facts = new LatestUsed<string, Promise<PictureFacts | undefined>>(5000);

  constructor(files: CaseFiles) {
    this.#files = files;
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

  /** Its size and spacing, known for many more cases than there is room for pixels. */
  facts(row: StudyRow, results: StudyResults, subject: PictureSubject): Promise<PictureFacts | undefined> {
    return this.#facts.get(`${row.id} ${row.stamp} ${subject.name}`, async () => {
      const picture = await this.picture(row, results, subject);
      if (picture === undefined) return undefined;
      const { pixels: _, dicom: __, ...facts } = picture;
      return facts;
    });
  }

  /** The same as a PNG file. */
  async png(row: StudyRow, results: StudyResults, subject: PictureSubject, { isThumbnail = false }: { readonly isThumbnail?: boolean } = {}): Promise<Uint8Array | undefined> {
    const picture = await this.picture(row, results, subject);
    if (picture === undefined) return undefined;
    return this.#pngs.get(`${row.id} ${row.stamp} ${subject.name} ${isThumbnail}`, async () => toPng(isThumbnail ? await shrink(picture) : picture));
  }
}
