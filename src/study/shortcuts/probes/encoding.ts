import type { Probe } from "../contract.js";

/** What the file says of how it was written. */
export const encoding: Probe = {
  title: "File format and compression",
  summary: "Format, bit depth, colors, orientation, JPEG quality and quantization, segments, and the software and device that the file names.",
  subject: "The way the files were written alone",
  reach: "file",
  remedy: "Export all images again by one chain: one format, bit depth, color mode and quality, from the originals. A network sees no file header, but it sees what compression leaves in the pixels, and the classes came by different ways.",
  columns: (cases) => [
    { title: "format", values: cases.map(({ traits: { source } }) => `${source.format} ${source.bitDepth}-bit ${source.cmyk ? "CMYK" : source.color ? "color" : "grey"}${source.alpha ? " alpha" : ""}`) },
    { title: "orientation", values: cases.map(({ traits }) => String(traits.source.orientation)) },
    { title: "JPEG quality", values: cases.map(({ traits }) => traits.encoding.jpegQuality ?? Number.NaN), print: { digits: 0 } },
    { title: "quantization steps", values: cases.map(({ traits }) => traits.encoding.quantizationSum ?? Number.NaN), print: { digits: 0 } },
    { title: "color subsampling", values: cases.map(({ traits }) => traits.encoding.subsampling ?? "none") },
    { title: "progressive", values: cases.map(({ traits }) => (traits.encoding.progressive ? "yes" : "no")) },
    { title: "segments", values: cases.map(({ traits }) => traits.encoding.segments.join(" ") || "none") },
    { title: "software", values: cases.map(({ traits }) => traits.encoding.software ?? "none") },
  ],
};
