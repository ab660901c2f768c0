import type { Mark } from "../../../images/index.js";
import type { Probe } from "../contract.js";

/** Letters, lead markers and other small objects. */
export const marker: Probe = {
  title: "Markers and letters",
  summary: "Whether a letter, lead marker or other small bright object stands on the film, how many, where, how large, and on which side.",
  subject: "Markers and letters on the images alone",
  reach: "pixels",
  remedy:
    "Cover markers and letters on all images before training, or cut out the region of interest (region: crop); if that cannot be done, compare cases with a marker and cases without one separately, and test on images where the marker says nothing.",
  columns: (cases) => {
    const markers = cases.map(({ traits }) => traits.marks.filter(({ kind }) => kind === "marker"));
    const first = (pick: (mark: Mark, i: number) => number): number[] => markers.map(([mark], i) => (mark === undefined ? Number.NaN : pick(mark, i)));
    const sizes = cases.map(({ traits }) => traits);
    return [
      { title: "with a marker", values: markers.map((found) => (found.length > 0 ? 1 : 0)), print: { share: true } },
      { title: "markers", values: markers.map((found) => Math.min(5, found.length)), print: { digits: 1 } },
      { title: "place from the left", values: first((mark, i) => (mark.column + mark.width / 2) / sizes[i]!.width), print: { share: true } },
      { title: "place from the top", values: first((mark, i) => (mark.row + mark.height / 2) / sizes[i]!.height), print: { share: true } },
      { title: "height", values: first((mark, i) => mark.height / sizes[i]!.height), print: { share: true } },
      { title: "width", values: first((mark, i) => mark.width / sizes[i]!.height), print: { share: true } },
      { title: "contrast", values: first((mark) => mark.contrast), print: { digits: 2 } },
    ];
  },
};
