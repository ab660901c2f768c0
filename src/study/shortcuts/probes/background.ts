import { thumbnailSide } from "../../../data/index.js";
import type { Probe } from "../contract.js";
import { cellTitle } from "./coarse-appearance.js";

/** Share of the cases that must have something outside of a known region. */
const leastKnown = 0.8;
/** Cells that fewer cases see are left out. */
const leastSeen = 0.3;

/** The image with the region of interest blanked out. */
export const background: Probe = {
  title: "Outside of the region of interest",
  summary: `The image as ${thumbnailSide} x ${thumbnailSide} cells with the box around the region of interest blanked out. Anatomy outside of the region (ribs, pelvis, soft tissue) is in it.`,
  subject: "What lies outside of the region of interest alone",
  reach: "appearance",
  remedy: "Cut out the region of interest (region: crop) and compare: what a network loses by it, it had from outside. Look for markers, implants' leads, supports and positioning that go with the class.",
  linear: true,
  columns(cases) {
    const known = cases.filter(({ traits }) => traits.outside !== undefined).length;
    if (known < leastKnown * cases.length) return [];
    const cells = Array.from({ length: thumbnailSide ** 2 }, (_, cell) => ({ title: cellTitle(cell), values: cases.map(({ traits }) => traits.outside?.[cell] ?? Number.NaN), print: { digits: 2 } }));
    return cells.filter(({ values }) => values.filter((value) => !Number.isNaN(value)).length >= leastSeen * cases.length);
  },
};
