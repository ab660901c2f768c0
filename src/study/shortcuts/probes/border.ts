import { sides } from "../../../images/index.js";
import type { Probe } from "../contract.js";

/** Padding and collimation on the four sides. */
export const border: Probe = {
  title: "Borders and collimation",
  summary: "Padding of one value, straight edges along the sides (the collimator's shadow), and the grey value there.",
  subject: "The borders of the images alone",
  reach: "pixels",
  remedy: "Cut padding and collimated margins off before training, in the same way for every class, or cut out the region of interest (region: crop).",
  columns: (cases) => [
    ...sides.map((side) => ({ title: `padding, ${side}`, values: cases.map(({ traits }) => traits.margins[side].padding), print: { share: true } as const })),
    ...sides.map((side) => ({ title: `straight edge, ${side}`, values: cases.map(({ traits }) => traits.margins[side].edge), print: { share: true } as const })),
    { title: "sides with an edge", values: cases.map(({ traits }) => sides.filter((side) => traits.margins[side].edge > 0).length), print: { digits: 1 } },
    ...sides.map((side) => ({ title: `grey value of the margin, ${side}`, values: cases.map(({ traits }) => (traits.margins[side].edge > 0 ? traits.margins[side].value : Number.NaN)), print: { digits: 2 } })),
  ],
};
