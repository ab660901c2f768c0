import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../../base/index.js";
import { hashStoredValues, maskedValue, parseDicom, readGeometry, readHeader, readImageModule, readStoredValues, type HeaderValue } from "../../dicom/index.js";
import { withFileErrors } from "../../files/index.js";
import type { Command } from "../contract.js";
import { textTable } from "../table.js";

const longestCell = 64;

function cell(value: HeaderValue): string {
  if (typeof value === "object" && value.some((one) => typeof one === "object")) return `${value.length} ${value.length === 1 ? "item" : "items"}`;
  const text = typeof value === "object" ? (value as readonly (string | number)[]).join(" \\ ") : String(value);
  // Control characters of a file have no business in a terminal.
  const clean = text.replaceAll(/\p{Cc}+/gu, " ");
  return clean.length > longestCell ? `${clean.slice(0, longestCell)}...` : clean;
}

export const dicomInspect: Command = {
  description:
    "Decodes the file whatever its transfer syntax, and tells what it says of itself. pixelSha256 is the SHA-256 of the stored values of all frames, little endian: " +
    "equal for equal pixels, however they are compressed. What the de-identification profile would touch is masked unless --keep-identity is given.",
  arguments: [{ name: "<file>", description: "DICOM file, with or without preamble" }],
  options: [
    { flags: "--keep-identity", description: "show names, dates, identifiers and private elements, too" },
    { flags: "--header-only", description: "do not decode the pixels" },
  ],
  examples: ["osteon dicom inspect radiograph.dcm", "osteon dicom inspect radiograph.dcm --json", "osteon dicom inspect IM0001 --keep-identity --header-only"],
  async run(context, [name], options) {
    const file = path.resolve(context.folder, name!);
    const parsed = parseDicom(await withFileErrors(name!, () => readFile(file)), { name: name!, headerOnly: options["headerOnly"] === true });
    const keepIdentity = options["keepIdentity"] === true;
    const header = readHeader(parsed.dataset, { keepIdentity });
    const geometry = readGeometry(parsed);
    const { uid, title, lossy, explicit, littleEndian, deflated, codec } = parsed.transferSyntax;
    const hasPixels = options["headerOnly"] !== true && parsed.dataset.has("PixelData");
    const pixels = hasPixels ? describePixels(parsed) : undefined;
    if (options["json"] === true) {
      return context.out(JSON.stringify({ file: name, transferSyntax: { uid, title, lossy, explicit, littleEndian, deflated, codec }, meta: readHeader(parsed.meta, { keepIdentity }), header, geometry, pixels: pixels?.facts ?? null, pixelSha256: pixels?.sha256 ?? null, warnings: parsed.warnings }, null, 2));
    }
    context.out(textTable(["attribute", "value"], Object.entries(header).filter(([keyword]) => keyword !== "PixelData").map(([keyword, value]) => [keyword, cell(value)])));
    context.out("");
    const facts: [string, string][] = [
      ["transfer syntax", `${title} (${uid})`],
      ...Object.entries(pixels?.facts ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
      ...Object.entries(geometry).map(([key, value]): [string, string] => [key, Array.isArray(value) ? value.join(" x ") : String(value)]),
      ["pixelSha256", pixels?.sha256 ?? "no pixels decoded"],
    ];
    context.out(textTable(["image", "value"], facts));
    const masked = Object.values(header).filter((value) => value === maskedValue).length;
    if (masked > 0) context.note(`${masked} attributes are masked; --keep-identity shows them.`);
    for (const { message } of parsed.warnings) context.note(`warning: ${message}`);
  },
};

function describePixels(file: ReturnType<typeof parseDicom>): { facts: Record<string, string | number | boolean>; sha256: string } {
  const { rows, columns, frames, samplesPerPixel, photometricInterpretation, bitsAllocated, bitsStored, highBit, signed } = readImageModule(file);
  const first = readStoredValues(file);
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of first.values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  if (!Number.isFinite(lowest)) throw new DataError("dicom-pixels", `${file.name}: expected pixels, got none. Export the file anew.`);
  return { facts: { rows, columns, frames, samplesPerPixel, photometricInterpretation, decodedAs: first.photometricInterpretation, bitsAllocated, bitsStored, highBit, signed, lowest, highest }, sha256: hashStoredValues(file) };
}
