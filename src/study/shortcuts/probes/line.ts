import type { Mark } from "../../../images/index.js";
import type { Probe } from "../contract.js";

const lengthOf = ({ ends }: Mark): number => Math.hypot(ends![1][0] - ends![0][0], ends![1][1] - ends![0][1]);

/** Neither along the rows nor along the columns: rulers and frames are straight, measurements are not. */
function isOblique({ ends }: Mark): boolean {
  const angle = Math.abs(Math.atan2(ends![1][0] - ends![0][0], ends![1][1] - ends![0][1])) * (180 / Math.PI);
  return Math.min(angle, Math.abs(angle - 90), Math.abs(angle - 180)) > 4;
}

/** Lines drawn on the image: angles, rulers, frames. */
export const line: Probe = {
  title: "Drawn lines",
  summary: "Straight lines of one value drawn on the film (angles, rulers, frames): how many, how long, how many of them oblique; and pixels with a color.",
  subject: "Lines drawn on the images alone",
  reach: "pixels",
  remedy: "Get the originals without annotations, or leave these images out (they are listed as examples). A measured angle on the film tells the network what the reader thought.",
  columns: (cases) => {
    const lines = cases.map(({ traits }) => traits.marks.filter(({ kind }) => kind === "line"));
    const longer = cases.map(({ traits }) => Math.max(traits.height, traits.width));
    const sum = (marks: readonly Mark[]): number => marks.reduce((total, mark) => total + lengthOf(mark), 0);
    return [
      { title: "with an oblique line", values: lines.map((found) => (found.some(isOblique) ? 1 : 0)), print: { share: true } },
      { title: "oblique lines", values: lines.map((found) => Math.min(6, found.filter(isOblique).length)), print: { digits: 2 } },
      { title: "length of oblique lines", values: lines.map((found, i) => sum(found.filter(isOblique)) / longer[i]!), print: { digits: 2 } },
      { title: "with an upright or level line", values: lines.map((found) => (found.some((mark) => !isOblique(mark)) ? 1 : 0)), print: { share: true } },
      { title: "length of upright and level lines", values: lines.map((found, i) => sum(found.filter((mark) => !isOblique(mark))) / longer[i]!), print: { digits: 2 } },
      { title: "colored pixels", values: cases.map(({ traits }) => traits.colored), print: { share: true } },
    ];
  },
};
