import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { drawContactSheet, encodeNifti, encodeNpy, overlay, upsample, type ColorScale, type HeatMap } from "../explain/index.js";
import { writeFileAtomic, writeJsonAtomic } from "../files/index.js";
import { decodeImage, encodeLevels, encodePicture, pngSpacingMm, resizeBilinear, toImageFrame, type Placement } from "../images/index.js";
import type { ImageMap, Refusal } from "./explain-images.js";
import type { ImagePrediction } from "./predict-images.js";

/** Files that a map is written to. */
export const mapFileKinds = ["png", "npy", "nifti", "overlay"] as const;
export type MapFileKind = (typeof mapFileKinds)[number];

export interface WriteOptions {
  readonly folder: string;
  /** Lines under the title of the sheet. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  readonly refused: readonly Refusal[];
  /** What the record says beside the maps. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What is written of each map. */
  readonly kinds: readonly MapFileKind[];
  /** Size of a pixel, where the caller says it. */
  readonly spacingMm?: number;
}

export interface WrittenMap {
  readonly method: string;
  readonly title: string;
  readonly signed: boolean;
  /** Largest size of the method's own numbers, which is full scale of the PNG. */
  readonly peak: number;
  readonly samples?: number;
  readonly seconds?: number;
  readonly readings: Readonly<Record<string, number>>;
  readonly files: Readonly<Partial<Record<MapFileKind, string>>>;
}

export interface WrittenExplanation {
  readonly sheet: string;
  /** The image itself as NIfTI, where maps are. */
  readonly image?: string;
  readonly spacingMm?: readonly [row: number, column: number];
  readonly maps: readonly WrittenMap[];
}

/** Side that pictures of the sheet have at most, pixels. */
const tileSide = 232;

const scaleOf = ({ signed }: Pick<ImageMap, "signed">): ColorScale => (signed ? "signed" : "evidence");

/** The map over an image of any extent, in the geometry of the image itself. */
function onImage(map: HeatMap, place: Placement): HeatMap {
  const frame = upsample(map, place.size, place.size);
  return { values: toImageFrame(frame.values, frame, place), height: place.height, width: place.width };
}

const peakOf = ({ values }: HeatMap): number => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** Share of the pixels of a fine map that are drawn at full strength, so that a few do not pale all others. */
const saturated = 0.005;

/** Value that is drawn at full strength: the peak, or where every pixel has a value of its own, that of the strongest half percent. */
function strengthOf({ values, height, width }: HeatMap, { size }: Placement, peak: number): number {
  if (height < size / 2 || width < size / 2) return peak;
  const sizes = Float32Array.from(values, Math.abs).sort();
  return sizes[Math.floor((1 - saturated) * (sizes.length - 1))]! || peak;
}

function scaled({ values, height, width }: HeatMap, peak: number): HeatMap {
  return { values: values.map((value) => (peak < 1e-12 ? 0 : value / peak)), height, width };
}

/** Levels of 16 bits: 0 to 65535 for 0 to the peak; where signed 32768 is zero and 1 and 65535 are the peaks. */
function levelsOf({ values }: HeatMap, signed: boolean): Uint16Array {
  return Uint16Array.from(values, (value) => Math.round(signed ? 32768 + 32767 * value : 65535 * Math.max(0, value)));
}

const number = (value: number): string => (Number.isInteger(value) ? String(value) : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(2));

/** "completenessGap" as "completeness gap". */
const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function linesUnder({ samples, seconds, readings }: ImageMap, peak: number): string[] {
  const cost = [...(samples === undefined ? [] : [`${samples} samples`]), ...(seconds === undefined ? [] : [`${number(seconds)} s`])];
  return [
    peak < 1e-12 ? "no evidence: zero everywhere" : cost.join(", "),
    Object.entries(readings).map(([name, value]) => `${words(name)} ${number(value)}`).join(", "),
  ].map((text) => text.trim());
}

/**
 * Writes what was found of one image: the contact sheet, every map at the image's own extent as 16-bit PNG, NumPy and NIfTI file and
 * laid over the image, the image itself as NIfTI, and `explanation.json`, which says what is what.
 */
export async function writeExplanation({ file, placement: place }: ImagePrediction, maps: readonly ImageMap[], options: WriteOptions): Promise<WrittenExplanation> {
  const { folder } = options;
  const bytes = await readFile(file);
  const image = await decodeImage(bytes, { channels: "grey", name: path.basename(file) });
  const grey: HeatMap = { values: image.pixels, height: image.height, width: image.width };
  const stored = pngSpacingMm(bytes);
  // Orientations from 5 on change rows and columns.
  const stated = stored && image.source.orientation >= 5 ? ([stored[1], stored[0]] as const) : stored;
  const spacingMm = options.spacingMm === undefined ? (image.spacingMm ?? stated) : ([options.spacingMm, options.spacingMm] as const);
  const nifti = (map: HeatMap, description: string) => gzipSync(encodeNifti(map, { description, ...(spacingMm && { spacingMm }) }), { level: 1 });
  const save = async (name: string, content: Uint8Array) => {
    const target = path.join(folder, name);
    await writeFileAtomic(target, content);
    return target;
  };

  const scale = Math.min(1, tileSide / Math.max(grey.height, grey.width));
  const tile = { height: Math.max(1, Math.round(grey.height * scale)), width: Math.max(1, Math.round(grey.width * scale)) };
  const small: HeatMap = { values: resizeBilinear(grey.values, grey, tile), ...tile };
  const blank: HeatMap = { values: new Float32Array(1), height: 1, width: 1 };
  const tiles = [{ title: "Image", lines: [`${grey.width} x ${grey.height} pixels`], picture: overlay(small, blank) }];
  const written: WrittenMap[] = [];
  const writers: Record<MapFileKind, (one: ImageMap, whole: HeatMap, shown: HeatMap) => Promise<string>> = {
    png: async ({ name, signed }, _, shown) => save(`${name}.png`, await encodeLevels({ levels: levelsOf(shown, signed), height: grey.height, width: grey.width })),
    npy: async ({ name }, whole) => save(`${name}.npy`, encodeNpy(whole)),
    nifti: async ({ name }, whole) => save(`${name}.nii.gz`, nifti(whole, `osteon ${name}`)),
    overlay: async (one, _, shown) => save(`${one.name}.overlay.jpg`, await encodePicture(overlay(grey, shown, { scale: scaleOf(one) }), "jpeg")),
  };
  for (const one of maps) {
    const { name, title, signed, readings, samples, seconds } = one;
    const peak = peakOf(one.map);
    const files: Partial<Record<MapFileKind, string>> = {};
    const whole = onImage(one.map, place);
    const shown = scaled(whole, peak);
    const strength = strengthOf(one.map, place, peak);
    for (const kind of options.kinds) files[kind] = await writers[kind](one, whole, kind === "overlay" ? scaled(whole, strength) : shown);
    tiles.push({ title, lines: linesUnder(one, peak), picture: overlay(small, scaled(onImage(one.map, { ...place, ...tile }), strength), { scale: scaleOf(one) }) });
    written.push({
      method: name,
      title,
      signed,
      peak,
      ...(samples !== undefined && { samples }),
      ...(seconds !== undefined && { seconds: Number(seconds.toFixed(3)) }),
      readings,
      files,
    });
  }
  const sheet = drawContactSheet({
    title: path.basename(file),
    lines: options.lines,
    tiles,
    scales: (["evidence", "signed"] as const).filter((one) => maps.some((map) => scaleOf(map) === one)),
    notes: [...options.notes, ...(maps.some(({ map }) => map.height >= place.size / 2) ? ["Of fine maps the strongest half percent of the pixels is drawn at full strength."] : []), ...options.refused.map(({ method, reason }) => `Not drawn: ${method}. ${reason}`)],
  });
  const result = { sheet: await save("contact-sheet.png", await encodePicture(sheet, "png")), ...(options.kinds.includes("nifti") && { image: await save("image.nii.gz", nifti(grey, "osteon image")) }), ...(spacingMm && { spacingMm }), maps: written };
  const relative = written.map((one) => ({ ...one, files: Object.fromEntries(Object.entries(one.files).map(([kind, target]) => [kind, path.basename(target)])) }));
  await writeJsonAtomic(path.join(folder, "explanation.json"), {
    image: path.basename(file),
    height: grey.height,
    width: grey.width,
    ...(spacingMm && { spacingMm }),
    ...options.facts,
    frame: "every map has the extent of the image; .npy and .nii.gz hold the method's own numbers, .png 0..65535 for 0..peak, or where signed 32768 for zero and 1..65535 for -peak..peak",
    maps: relative,
    refused: options.refused,
  });
  return result;
}
