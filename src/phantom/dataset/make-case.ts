import { apexMask } from "../whole-spine-ap.js";
import { makeDiscMri } from "../mri/disc-mri.js";
import { encodePng, quantize } from "../png.js";
import { makeRadiograph } from "../radiograph.js";
import type { PlannedImage } from "./case-recipe.js";

/** Files of one case by folder, its table cells, and its truth as JSON. */
export interface MadeCase {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly cells: Readonly<Record<string, string | number>>;
  readonly truth: Readonly<Record<string, unknown>>;
  readonly boxes: readonly { readonly name: string; readonly kind: string; readonly box: readonly number[]; readonly area: number; readonly runs?: readonly number[] }[];
  readonly width: number;
  readonly height: number;
}

/** Makes one planned image with its masks. */
export function makeCase(planned: PlannedImage, bitDepth: 8 | 16): MadeCase {
  return planned.kind === "radiograph" ? radiographCase(planned, bitDepth) : mriCase(planned, bitDepth);
}

function radiographCase(planned: PlannedImage & { kind: "radiograph" }, bitDepth: 8 | 16): MadeCase {
  const { pixels, width, height, truth } = makeRadiograph(planned.options);
  const { bodyLabels, discLabels, region, boxes, ...rest } = truth;
  const spacingMm = truth.spacingMm[0];
  const png = (data: Uint8Array | Uint16Array): Uint8Array => encodePng({ width, height, data, spacingMm });
  const slip = [...truth.slips].sort((a, b) => Math.abs(b.slipMm) - Math.abs(a.slipMm))[0];
  const { subject, marker, acquisition } = truth.parameters;
  return {
    files: {
      images: png(quantize(brighten(pixels, planned.gamma), bitDepth)),
      regions: png(region),
      apices: png(apexMask(truth)),
      vertebrae: png(bodyLabels),
      discs: png(discLabels),
    },
    cells: {
      view: truth.view, posture: truth.posture, condition: truth.label, grade: truth.grade, level: truth.level ?? "", cobb_deg: truth.cobb.angleDeg.toFixed(2), curve_type: truth.curveType,
      upper_end: truth.cobb.upperEnd, lower_end: truth.cobb.lowerEnd, apex_level: truth.cobb.apex, convexity: truth.cobb.convexity,
      slip_mm: slip?.slipMm.toFixed(2) ?? "", slip_level: slip?.level ?? "", sex: subject.sex, age_years: subject.ageYears, spacing_mm: spacingMm.toFixed(5),
      marker, film: acquisition.film ? "yes" : "no", inverted: acquisition.inverted ? "yes" : "no",
      boxes: boxAround(region, width, height),
    },
    truth: { ...rest, boxes: boxes.map(({ name, kind, box, area }) => ({ name, kind, box, area })) },
    boxes,
    width,
    height,
  };
}

function mriCase(planned: PlannedImage & { kind: "disc-mri" }, bitDepth: 8 | 16): MadeCase {
  const { pixels, width, height, truth } = makeDiscMri(planned.options);
  const { bodyLabels, discLabels, region, ...rest } = truth;
  const png = (data: Uint8Array | Uint16Array): Uint8Array => encodePng({ width, height, data, spacingMm: truth.spacingMm[0] });
  const disc = truth.discs.find(({ level }) => level === truth.level)!;
  const [left, top, boxWidth, boxHeight] = truth.discBox;
  return {
    files: { images: png(quantize(brighten(pixels, planned.gamma), bitDepth)), regions: png(region), vertebrae: png(bodyLabels), discs: png(discLabels) },
    cells: {
      view: `sagittal-${truth.sequence}`, condition: truth.label, grade: `Pfirrmann ${disc.pfirrmann}`, level: truth.level, canal_mm: disc.canalMm.toFixed(2), herniation_mm: disc.herniationMm.toFixed(2),
      sex: truth.parameters.subject.sex, age_years: truth.parameters.subject.ageYears, spacing_mm: truth.spacingMm[0].toFixed(5),
      boxes: `${top} ${left} ${Math.min(boxHeight, height - top)} ${Math.min(boxWidth, width - left)}`,
    },
    truth: rest,
    boxes: [{ name: `${truth.level} disc`, kind: "disc", box: [left, top, Math.min(boxWidth, width - left), Math.min(boxHeight, height - top)], area: boxWidth * boxHeight }],
    width,
    height,
  };
}

function brighten(pixels: Float32Array, gamma: number): Float32Array {
  return gamma === 1 ? pixels : pixels.map((value) => Math.pow(value, gamma));
}

/** "row column height width" of the box around a mask; empty where the mask is. */
function boxAround(mask: Uint8Array, width: number, height: number): string {
  let [left, top, right, bottom] = [width, height, -1, -1];
  mask.forEach((value, i) => {
    if (value === 0) return;
    const [r, k] = [Math.floor(i / width), i % width];
    [left, right, top, bottom] = [Math.min(left, k), Math.max(right, k), Math.min(top, r), Math.max(bottom, r)];
  });
  return right < 0 ? "" : `${top} ${left} ${bottom - top + 1} ${right - left + 1}`;
}
