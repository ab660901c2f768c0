import type { Probe } from "../contract.js";

/** Width, height and what follows from them. */
export const size: Probe = {
  title: "Image size",
  summary: "Width, height, their ratio and product, in pixels of the upright image.",
  subject: "Width and height alone",
  reach: "pixels",
  remedy:
    "Compare images of one acquisition (--where), or crop all of them to one aspect ratio around the spine before training (image: resize: center-crop, or region: crop). Letterboxing leaves the width of the film in sight as the width of the border; stretching turns it into a distortion.",
  columns: (cases) => [
    { title: "width", values: cases.map(({ traits }) => traits.width), logarithm: true, print: { digits: 0, unit: "px" } },
    { title: "height", values: cases.map(({ traits }) => traits.height), logarithm: true, print: { digits: 0, unit: "px" } },
    { title: "width / height", values: cases.map(({ traits }) => traits.width / traits.height), logarithm: true, print: { digits: 2 } },
    { title: "megapixels", values: cases.map(({ traits }) => (traits.width * traits.height) / 1e6), logarithm: true, print: { digits: 2 } },
  ],
};
