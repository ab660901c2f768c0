import type { Random } from "../../base/index.js";
import { parseDicom } from "../parse/parse-dicom.js";
import { attributeOf, tagOf } from "../dictionary/index.js";
import { transferSyntaxOf } from "../transfer-syntax.js";
import { buildDataset, buildElement, encodeText, type Values } from "../write/build-dataset.js";
import { encodeDicom } from "../write/write-dicom.js";
import { deidentifyFile } from "./deidentify-file.js";
import { profileRows, type OptionName } from "./profile.js";
import { createPseudonyms } from "./pseudonyms.js";

/** Scripts of names, with the character set that encodes each, and how to get there from text. */
const scripts: readonly { readonly sets: string; readonly encode: (text: string) => Uint8Array; readonly names: readonly string[] }[] = [
  { sets: "ISO_IR 192", encode: (text) => Buffer.from(text, "utf8"), names: ["Ωνάσης", "Łukasiewicz", "山田太郎", "김희중", "Иванов", "محمود", "שלומית", "ณัฐพล", "Grüßner"] },
  { sets: "ISO_IR 100", encode: (text) => Buffer.from(text, "latin1"), names: ["Müllerström", "Garçonnière", "Ørstedsen"] },
  { sets: "", encode: (text) => Buffer.from(text, "latin1"), names: ["Smithfield", "Vandermeer", "Okonkwo"] },
  { sets: "ISO_IR 144", encode: (text) => Uint8Array.from(text, (letter) => (letter.charCodeAt(0) < 0x80 ? letter.charCodeAt(0) : letter.charCodeAt(0) - 0x0410 + 0xb0)), names: ["Люксембург", "Петренко"] },
  { sets: "\\ISO 2022 IR 87", encode: (text) => Buffer.concat([Buffer.from("Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "latin1"), Buffer.from(text, "latin1")]), names: ["Qyamadaq"] },
];

const digitsOf = (random: Random, count: number): string => Array.from({ length: count }, (_, i) => (i === 0 ? 1 + random.integer(9) : random.integer(10))).join("");

const hidden = ["WithText", "AsUn", "InPrivate", "InSequence", "AfterPixels", "InComment"] as const;

export interface Planted {
  /** Bytes that must not occur in anything that comes out. */
  readonly needles: readonly Uint8Array[];
  readonly file: Uint8Array;
}

/** Attributes of the profile that the basic part does not keep, by representation. */
const covered = profileRows.filter(({ attribute }) => !attribute.includes("X") && attribute !== "private" && attribute !== "00100010").map(({ attribute }) => Number.parseInt(attribute, 16));

export interface PlantOptions {
  /** Attributes of the image itself, which stay. */
  readonly image?: Values;
  readonly pixels?: Uint8Array;
  /** Digits of planted numbers: more where they are looked for among many others. */
  readonly digits?: number;
}

/** A small radiograph with identifiers in about `count` places. */
export function plantedFile(random: Random, count: number, { image = {}, pixels = Uint8Array.from({ length: 256 }, (_, i) => i % 200), digits = 9 }: PlantOptions = {}): Planted {
  const script = random.pick(scripts);
  const needles: Uint8Array[] = [];
  const name = (): Uint8Array => {
    const text = `${random.pick(script.names)}${random.pick(["", "", digitsOf(random, 3)])}`;
    const number = digitsOf(random, digits);
    needles.push(Buffer.from(number, "latin1"));
    // The name in its own encoding, and as UTF-8, as which it would come out.
    const own = script.encode(random.pick(script.names));
    needles.push(own.subarray(0, Math.min(own.length, 12)), Buffer.from(text, "utf8"));
    return Buffer.concat([own, Buffer.from(`^${number}`, "latin1"), script.encode(`^${text}`)]);
  };
  const padded = (bytes: Uint8Array): Uint8Array => (bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(0x20)]));
  const values: Values = { SOPClassUID: "1.2.840.10008.5.1.4.1.1.1", SOPInstanceUID: "1.2.3.4", Modality: "CR", Rows: 16, Columns: 16, SamplesPerPixel: 1, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2", ...image };
  const dataset = buildDataset(values);
  if (script.sets !== "") dataset.set(buildElement("SpecificCharacterSet", script.sets));
  const person = padded(name());
  dataset.set({ tag: tagOf("PatientName")!, vr: "PN", bytes: person });
  for (let i = 0; i < count; i++) {
    const tag = random.pick(covered);
    const vr = attributeOf(tag)?.vr ?? "LO";
    const number = digitsOf(random, digits);
    const place = random.pick(hidden);
    if (place === "InPrivate") {
      const bytes = padded(name());
      dataset.set({ tag: 0x00090010, vr: "LO", bytes });
      dataset.set({ tag: 0x00091000 + random.integer(255), vr: random.pick(["LO", "UN", "OB", "DS"]), bytes });
    } else if (place === "InSequence") {
      const item = buildDataset({}, dataset);
      item.set({ tag: tagOf("PatientID")!, vr: "LO", bytes: padded(name()) });
      item.set({ tag: 0x00090010, vr: "LO", bytes: padded(name()) });
      dataset.set({ tag: tagOf(random.pick(["ReferencedStudySequence", "RequestAttributesSequence", "ViewCodeSequence", "ProcedureCodeSequence", "SourceImageSequence"]))!, vr: "SQ", bytes: new Uint8Array(0), items: [item] });
    } else if (vr === "SQ") continue;
    else if (vr === "UI") {
      needles.push(Buffer.from(`1.2.3.${number}`, "latin1"));
      dataset.set({ tag, vr, bytes: encodeText(`1.2.3.${number}`, "UI") });
    } else if (["DA", "DT", "TM", "DS", "IS", "AS"].includes(vr)) {
      needles.push(Buffer.from(number, "latin1"));
      dataset.set({ tag, vr, bytes: encodeText(number, vr) });
    } else if (["US", "SS", "UL", "SL", "FL", "FD", "AT", "OB", "OW", "xs", "ox", "lt", "UN", "OL", "OF", "OD"].includes(vr)) {
      // Text in a number's place, as a sloppy export may leave it.
      dataset.set({ tag, vr: random.pick(["LO", "UN"]), bytes: padded(name()) });
    } else dataset.set({ tag, vr: place === "AsUn" ? "UN" : vr, bytes: padded(name()) });
  }
  // What the profile leaves alone repeats the name of the patient.
  dataset.set({ tag: tagOf("AnatomicRegionSequence")!, vr: "SQ", bytes: new Uint8Array(0), items: [] });
  dataset.set({ tag: tagOf("LossyImageCompressionMethod")!, vr: "CS", bytes: person });
  dataset.set({ tag: tagOf("ConvolutionKernel")!, vr: "SH", bytes: person });
  const trailing = padded(name());
  dataset.set({ tag: 0x7fe00010, vr: "OB", bytes: Buffer.concat([pixels, trailing]) });
  return { needles, file: encodeDicom(dataset, transferSyntaxOf("1.2.840.10008.1.2.1", "planted")) };
}

export interface PlantedOutcome {
  readonly planted: number;
  /** Needles that came through, with where. */
  readonly survivors: readonly string[];
}

/** De-identifies planted files with varying options and looks for every needle in file, changes and messages. */
export function runPlanted(random: Random, total: number): PlantedOutcome {
  const pseudonyms = createPseudonyms(Buffer.from("a key for planted identifiers"));
  const choices: readonly (readonly OptionName[])[] = [["retain-safe-private", "clean-pixels"], ["clean-pixels", "clean-descriptors", "clean-structured-content", "clean-graphics"], ["retain-modified-dates", "clean-pixels"]];
  let planted = 0;
  const survivors: string[] = [];
  while (planted < total) {
    const { needles, file } = plantedFile(random, 12);
    planted += needles.length;
    let said: string;
    let out: Uint8Array = new Uint8Array(0);
    try {
      const { bytes, ...rest } = deidentifyFile(parseDicom(file, { name: "planted.dcm" }), { pseudonyms, options: new Set(random.pick(choices)) });
      out = bytes;
      said = JSON.stringify(rest);
    } catch (error) {
      said = (error as Error).stack ?? "";
    }
    for (const needle of needles) {
      if (Buffer.from(out.buffer, out.byteOffset, out.length).includes(Buffer.from(needle))) survivors.push(`file: ${Buffer.from(needle).toString("latin1")}`);
      if (said.includes(Buffer.from(needle).toString("utf8"))) survivors.push(`message: ${Buffer.from(needle).toString("latin1")}`);
    }
  }
  return { planted, survivors };
}
