import type { Probe } from "../contract.js";

/** Bytes per pixel: how hard the file was to compress. */
export const bytes: Probe = {
  title: "Bytes per pixel",
  summary: "Size of the file divided by its pixels: compression, noise and the share of empty film together.",
  subject: "The size of the files alone",
  reach: "file",
  remedy: "See whether compression, noise or borders differ between the classes (the probes of these names), and export all images by one chain.",
  columns: (cases) => [{ title: "bytes per pixel (log2)", values: cases.map(({ traits }) => Math.log2(traits.encoding.bytes / (traits.width * traits.height))), print: { digits: 2 } }],
};
