import type { Probe } from "../contract.js";

/** Noise and sharpness. */
export const noise: Probe = {
  title: "Noise and sharpness",
  summary: "Deviation of the finest and the next finer detail, its peakedness, and steps at the borders of JPEG's blocks.",
  subject: "Noise and sharpness alone",
  reach: "pixels",
  remedy: "Look for a dose, a detector, a scan of film or a chain of exports that goes with the class; train at a resolution that hides the difference, or add noise and blur to the augmentation.",
  columns: (cases) => {
    const log = (pick: (noise: (typeof cases)[number]["traits"]["noise"]) => number) => cases.map(({ traits }) => Math.log10(pick(traits.noise) + 1e-4));
    return [
      { title: "noise (log10 of the range)", values: log(({ fine }) => fine), print: { digits: 2 } },
      { title: "noise after halving (log10 of the range)", values: log(({ coarse }) => coarse), print: { digits: 2 } },
      { title: "noise lost by halving (log10)", values: cases.map(({ traits: { noise: n } }) => Math.log10((n.fine + 1e-4) / (n.coarse + 1e-4))), print: { digits: 2 } },
      { title: "steps at block borders", values: cases.map(({ traits }) => Math.min(4, traits.noise.blockiness)), print: { digits: 2 } },
      { title: "peakedness of the detail (log10)", values: log(({ peakedness }) => peakedness), print: { digits: 2 } },
    ];
  },
};
