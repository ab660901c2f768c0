import { quantileShares } from "../../../data/index.js";
import type { Probe } from "../contract.js";

/** Grey values without their places. */
export const brightness: Probe = {
  title: "Brightness and contrast",
  summary: "Mean, spread and quantiles of the grey values, pixels at the ends of the range, rim against center; no position of anything.",
  subject: "Brightness and contrast alone",
  reach: "pixels",
  remedy:
    "Bring the images to one window before training, add brightness, contrast and gamma to the augmentation, and look for a machine, an export or a hospital that goes with the class. Some of it may be the patients' size or bone density.",
  columns: (cases) => [
    { title: "mean grey value", values: cases.map(({ traits }) => traits.brightness.mean), print: { digits: 2 } },
    { title: "spread of the grey values", values: cases.map(({ traits }) => traits.brightness.deviation), print: { digits: 2 } },
    ...quantileShares.map((share, i) => ({ title: `grey value above ${Math.round(100 * share)} % of the pixels`, values: cases.map(({ traits }) => traits.brightness.quantiles[i]!), print: { digits: 2 } })),
    { title: "black pixels", values: cases.map(({ traits }) => traits.brightness.black), print: { share: true } },
    { title: "white pixels", values: cases.map(({ traits }) => traits.brightness.white), print: { share: true } },
    { title: "rim less center", values: cases.map(({ traits }) => traits.brightness.rimLessCenter), print: { digits: 2 } },
  ],
};
