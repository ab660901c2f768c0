import { InputError } from "../../base/index.js";
import type { ImageTraits } from "../../data/index.js";
import { regionShare, relevanceMass } from "../../explain/index.js";
import { boxesToMask, placement, polygonsToMask, toNetworkPoint, type Box, type Mark, type Placement, type Polygon, type Preprocessing } from "../../images/index.js";
import { estimateOrReason, meanInterval } from "../../stats/index.js";
import { mapOf, type TaskRecord } from "../task-record.js";
import type { MapOnMarks } from "./results.js";

export interface MapsOnMarksOptions {
  readonly cells: readonly { readonly id: string; readonly records: readonly TaskRecord[] }[];
  /** Of the cases that were measured, by case. */
  readonly traits: ReadonlyMap<string, ImageTraits>;
  /** Placement of the whole image of each case in the frame. */
  readonly placements: ReadonlyMap<string, Placement>;
  readonly preprocessing: Preprocessing;
  readonly level: number;
  readonly patientOf: (caseId: string) => string;
}

const kinds = ["marker", "line", "margin"] as const;

/** Least width of the band around a drawn line, as a share of the frame. */
const bandShare = 0.01;

/**
 * Share of every cell's heat maps that falls on markers, on drawn lines, and on margins (padding, collimated borders and
 * the frame around a letterboxed image), over the test cases that have them.
 */
export function mapsOnMarks(options: MapsOnMarksOptions): MapOnMarks[] {
  return options.cells.flatMap(({ id, records }) => kinds.flatMap((kind) => measureCell(id, records, kind, options)));
}

function measureCell(cell: string, records: readonly TaskRecord[], kind: (typeof kinds)[number], { traits, placements, preprocessing, level, patientOf }: MapsOnMarksOptions): MapOnMarks[] {
  const shares: { value: number; patient: string }[] = [];
  const even: number[] = [];
  for (const record of records) {
    for (const [i, { case: id, window }] of record.predictions.entries()) {
      const [own, whole] = [traits.get(id), placements.get(id)];
      if (own === undefined || whole === undefined) continue;
      const place = window === undefined ? whole : placement(whole.height, whole.width, preprocessing, window);
      const values = maskOf(kind, own, place);
      if (values === undefined) continue;
      const region = { values, height: place.size, width: place.size };
      const share = regionShare(region);
      if (!(share > 0)) continue;
      try {
        shares.push({ value: relevanceMass(mapOf(record, i), region), patient: patientOf(id) });
        even.push(share);
      } catch (error) {
        // A map that is zero everywhere lies nowhere.
        if (!(error instanceof InputError && error.code === "not-estimable")) throw error;
      }
    }
  }
  if (shares.length === 0) return [];
  const share = estimateOrReason(() => meanInterval(shares.map(({ value }) => value), { level, groups: shares.map(({ patient }) => patient), range: [0, 1], subject: `share of the heat map on ${kind}s` }));
  return [{ cell, kind, cases: shares.length, share, evenShare: even.reduce((sum, value) => sum + value, 0) / even.length }];
}

/** What is looked for, in the network's frame; undefined where the image has none. */
function maskOf(kind: (typeof kinds)[number], { marks, margins }: ImageTraits, place: Placement): Float32Array | undefined {
  const frame = { height: place.size, width: place.size };
  if (kind === "marker") {
    const boxes = marks.filter((mark) => mark.kind === "marker").map((mark) => boxInFrame(mark, place));
    return boxes.length === 0 ? undefined : boxesToMask(boxes, frame);
  }
  if (kind === "line") {
    const bands = marks.filter((mark) => mark.kind === "line").map((mark) => bandInFrame(mark, place));
    return bands.length === 0 ? undefined : polygonsToMask(bands, frame);
  }
  const { height, width } = place;
  const inside = {
    row: margins.top.edge * height,
    column: margins.left.edge * width,
    height: (1 - margins.top.edge - margins.bottom.edge) * height,
    width: (1 - margins.left.edge - margins.right.edge) * width,
  };
  const picture = boxInFrame(inside, place);
  const isAll = picture.row <= 0.5 && picture.column <= 0.5 && picture.row + picture.height >= place.size - 0.5 && picture.column + picture.width >= place.size - 0.5;
  return isAll ? undefined : boxesToMask([picture], frame).map((value) => 1 - value);
}

/** Edges of a pixel lie half a pixel from its center. */
function boxInFrame({ row, column, height, width }: Box, place: Placement): Box {
  const [top, left] = toNetworkPoint([row - 0.5, column - 0.5], place);
  const [bottom, right] = toNetworkPoint([row + height - 0.5, column + width - 0.5], place);
  return { row: top + 0.5, column: left + 0.5, height: bottom - top, width: right - left };
}

function bandInFrame({ ends }: Mark, place: Placement): Polygon {
  const [[r0, c0], [r1, c1]] = ends!.map((end) => toNetworkPoint(end, place)) as unknown as readonly [readonly [number, number], readonly [number, number]];
  const length = Math.max(1e-6, Math.hypot(r1 - r0, c1 - c0));
  const half = Math.max(1, (bandShare * place.size) / 2);
  const [dr, dc] = [((c1 - c0) / length) * half, (-(r1 - r0) / length) * half];
  return [
    [r0 + 0.5 + dr, c0 + 0.5 + dc],
    [r1 + 0.5 + dr, c1 + 0.5 + dc],
    [r1 + 0.5 - dr, c1 + 0.5 - dc],
    [r0 + 0.5 - dr, c0 + 0.5 - dc],
  ];
}
