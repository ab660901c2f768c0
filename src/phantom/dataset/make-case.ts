import { pow } from "../../base/index.js";
import { sha256 } from "../../files/index.js";
import { levels } from "../anatomy/dimensions.js";
import { discLevels } from "../mri/disc-state.js";
import { makeDiscMri } from "../mri/disc-mri.js";
import { encodePng, quantize } from "../png.js";
import { makeRadiograph } from "../radiograph.js";
import { apexMask } from "../whole-spine-ap.js";
import type { PlannedImage } from "./case-recipe.js";
import { encodeMr, encodeRadiograph } from "../dicom-image.js";
import type { ImageEncoding } from "./image-encoding.js";
import { columnCounts, type CocoStructure } from "./coco.js";
import { boxOfMask, discName, outlineLabels } from "./outline-labels.js";
import type { TableColumn } from "./table-columns.js";

/** Folders of a data set's images and masks, with the column of labels.csv that names their files. */
export const folderColumns = { images: "file", regions: "region", vertebrae: "vertebrae", discs: "discs", lesions: "lesions", apices: "apex" } as const satisfies Record<string, TableColumn>;
export type CaseFolder = keyof typeof folderColumns;

/** Files of one case by folder, its table cells, and its truth as JSON. */
export interface MadeCase {
  readonly files: Readonly<Partial<Record<CaseFolder, Uint8Array>>>;
  readonly cells: Readonly<Partial<Record<TableColumn, string | number>>>;
  readonly truth: Readonly<Record<string, unknown>>;
  readonly structures: readonly CocoStructure[];
  readonly width: number;
  readonly height: number;
  /** Of the image file. */
  readonly sha256: string;
}

/** Makes one planned image with its masks. */
export function makeCase(planned: PlannedImage, encoding: ImageEncoding): MadeCase {
  return planned.kind === "radiograph" ? radiographCase(planned, encoding) : mriCase(planned, encoding);
}

function radiographCase(planned: PlannedImage & { kind: "radiograph" }, encoding: ImageEncoding): MadeCase {
  const { pixels, width, height, truth } = makeRadiograph(planned.options);
  const { bodyLabels, discLabels, region, boxes, ...rest } = truth;
  const spacingMm = truth.spacingMm[0];
  const png = (data: Uint8Array | Uint16Array): Uint8Array => encodePng({ width, height, data, spacingMm });
  const slip = [...truth.slips].sort((a, b) => Math.abs(b.slipMm) - Math.abs(a.slipMm))[0];
  const { subject, marker, acquisition, objects } = truth.parameters;
  const lesions = boxes.filter(({ kind }) => kind === "lesion");
  const samples = quantize(brighten(pixels, planned.gamma), encoding.bitDepth);
  const image = encoding.format === "dicom" ? encodeRadiograph(planned, { samples, width, height, truth }, encoding) : png(samples);
  return {
    files: {
      images: image,
      regions: png(region),
      vertebrae: png(bodyLabels),
      discs: png(discLabels),
      ...(lesions.length > 0 && { lesions: png(maskOfRuns(lesions.flatMap(({ runs }) => runs), width * height)) }),
      ...(truth.curveType !== "none" && { apices: png(apexMask(truth)) }),
    },
    cells: {
      view: truth.view, posture: truth.posture, condition: truth.label, grade: truth.grade, level: truth.level ?? "",
      cobb_deg: truth.cobb.angleDeg.toFixed(2), curve_type: truth.curveType, upper_end: truth.cobb.upperEnd, lower_end: truth.cobb.lowerEnd, apex_level: truth.cobb.apex, convexity: truth.cobb.convexity,
      slip_mm: slip?.slipMm.toFixed(2) ?? "", slip_level: slip?.level ?? "",
      sex: subject.sex, age_years: subject.ageYears, spacing_mm: spacingMm.toFixed(5),
      marker, objects: objects.join(" "), film: acquisition.film ? "yes" : "no", inverted: acquisition.inverted ? "yes" : "no",
      boxes: boxCell(boxOfMask(region, width)),
    },
    truth: { ...rest, boxes: boxes.map(({ name, kind, box, area }) => ({ name, kind, box, area })) },
    structures: boxes.map(({ name, kind, box, area, runs }) => ({ name, kind, box, area, counts: columnCounts(runs, { width, height, box }) })),
    width,
    height,
    sha256: sha256(image),
  };
}

function mriCase(planned: PlannedImage & { kind: "disc-mri" }, encoding: ImageEncoding): MadeCase {
  const { pixels, width, height, originMm, truth } = makeDiscMri(planned.options);
  const { bodyLabels, discLabels, region, ...rest } = truth;
  const png = (data: Uint8Array | Uint16Array): Uint8Array => encodePng({ width, height, data, spacingMm: truth.spacingMm[0] });
  const disc = truth.discs.find(({ level }) => level === truth.level)!;
  const { subject } = truth.parameters;
  const samples = quantize(brighten(pixels, planned.gamma), encoding.bitDepth);
  const image = encoding.format === "dicom" ? encodeMr(planned, { samples, width, height, originMm, truth }, encoding) : png(samples);
  const [left, top, boxWidth, boxHeight] = truth.discBox;
  return {
    files: { images: image, regions: png(region), vertebrae: png(bodyLabels), discs: png(discLabels) },
    cells: {
      view: `sagittal-${truth.sequence}`, condition: truth.label, grade: `Pfirrmann ${disc.pfirrmann}`, level: truth.level,
      pfirrmann: disc.pfirrmann, canal_mm: disc.canalMm.toFixed(2), herniation_mm: disc.herniationMm.toFixed(2),
      sex: subject.sex, age_years: subject.ageYears, spacing_mm: truth.spacingMm[0].toFixed(5),
      boxes: boxCell([left, top, Math.min(boxWidth, width - left), Math.min(boxHeight, height - top)]),
    },
    truth: rest,
    structures: [
      ...outlineLabels(discLabels, { width, height, kind: "disc", nameOf: (value) => discName(discLevels[value - 1]!) }),
      ...outlineLabels(bodyLabels, { width, height, kind: "vertebra", nameOf: (value) => levels[value - 1]! }),
    ],
    width,
    height,
    sha256: sha256(image),
  };
}

function brighten(pixels: Float32Array, gamma: number): Float32Array {
  return gamma === 1 ? pixels : pixels.map((value) => pow(value, gamma));
}

function maskOfRuns(runs: readonly number[], count: number): Uint8Array {
  const mask = new Uint8Array(count);
  for (let i = 0; i < runs.length; i += 2) mask.fill(255, runs[i], runs[i]! + runs[i + 1]!);
  return mask;
}

/** "row column height width", as labels.csv has boxes; empty where there is none. */
function boxCell(box: readonly number[] | undefined): string {
  return box === undefined ? "" : `${box[1]} ${box[0]} ${box[3]} ${box[2]}`;
}
