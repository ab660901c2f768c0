import { thumbnailSide } from "../../../data/index.js";
import type { Probe } from "../contract.js";

/** The image as 8 x 8 blurred cells. */
export const coarseAppearance: Probe = {
  title: "Coarse appearance",
  summary: `The image blurred to ${thumbnailSide} x ${thumbnailSide} cells, whatever its shape, brightness and contrast taken out. Coarse anatomy (posture, the size of the body, a strong curve) may be in it.`,
  subject: `A thumbnail of ${thumbnailSide} x ${thumbnailSide} cells alone`,
  reach: "appearance",
  remedy: "Look at the mean thumbnails of the classes: where they differ beside the body (air, table, letters), crop; where the patient is placed or cut off differently, crop around the spine. If it is the disease itself that is seen so coarsely, nothing is wrong.",
  linear: true,
  columns: (cases) => Array.from({ length: thumbnailSide ** 2 }, (_, cell) => ({ title: cellTitle(cell), values: cases.map(({ traits }) => traits.thumbnail[cell]!), print: { digits: 2 } })),
};

/** "row 1, column 8 of 8". */
export function cellTitle(cell: number): string {
  return `row ${Math.floor(cell / thumbnailSide) + 1}, column ${(cell % thumbnailSide) + 1} of ${thumbnailSide}`;
}
