import { seededRandom, type Random } from "../../base/index.js";
import { parseDicom, type DicomFile } from "../parse/parse-dicom.js";
import { buildDataset, buildElement, type Value, type Values } from "./build-dataset.js";
import type { GridToImage, ResultOptions, ResultPrediction } from "./contract.js";
import { uidOf } from "./result-uid.js";
import { encodeDicom } from "./write-dicom.js";

export const made = new Date("2026-11-22T10:15:00Z");
export const options: ResultOptions = { made, softwareVersion: "0.1.0" };

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Patient names as files hold them, with their character set and what they read. @see DICOM PS3.5 annexes H, J, K */
export const names: readonly { readonly set: string | undefined; readonly bytes: Uint8Array; readonly reads: string }[] = [
  { set: undefined, bytes: bytesOf("Osteon^Test"), reads: "Osteon^Test" },
  { set: "ISO_IR 100", bytes: bytesOf("M\xfcller^J\xfcrgen"), reads: "Müller^Jürgen" },
  { set: "ISO_IR 144", bytes: bytesOf("\xbb\xee\xda\x63\x65\xdc\xd1\xe3\xe0\xd3"), reads: "Люкceмбург" },
  { set: "\\ISO 2022 IR 87", bytes: bytesOf("Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"), reads: "Yamada^Tarou=山田^太郎=やまだ^たろう" },
  { set: "ISO_IR 192", bytes: Buffer.from("Wang^XiaoDong=王^小東"), reads: "Wang^XiaoDong=王^小東" },
  { set: "GB18030", bytes: bytesOf("Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab"), reads: "Wang^XiaoDong=王^小东" },
];

/** Kinds of images that results are made of. */
export const sourceKinds = ["cr", "dx", "mr", "multi-frame", "enhanced-mr", "secondary-capture"] as const;
export type SourceKind = (typeof sourceKinds)[number];

const classUids: Record<SourceKind, readonly [uid: string, modality: string]> = {
  cr: ["1.2.840.10008.5.1.4.1.1.1", "CR"],
  dx: ["1.2.840.10008.5.1.4.1.1.1.1", "DX"],
  mr: ["1.2.840.10008.5.1.4.1.1.4", "MR"],
  "multi-frame": ["1.2.840.10008.5.1.4.1.1.7.3", "OT"],
  "enhanced-mr": ["1.2.840.10008.5.1.4.1.1.4.1", "MR"],
  "secondary-capture": ["1.2.840.10008.5.1.4.1.1.7", "OT"],
};

/** What files lack, or hold otherwise than the standard has it. */
const emptied = ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName", "BodyPartExamined", "Laterality", "InstanceNumber", "PatientOrientation", "Manufacturer", "SeriesNumber"];
const wrong: Readonly<Record<string, string>> = {
  PatientBirthDate: "1970.01.02", PatientSex: "X", PatientAge: "45", StudyTime: "10:15:30", StudyDate: "2024.02.29", BodyPartExamined: "chest ap", Laterality: "LEFT", StudyDescription: "x".repeat(70), ReferringPhysicianName: "A^B^C^D^E^F",
  TimezoneOffsetFromUTC: "CET", PatientOrientation: "left\\down", PositionReferenceIndicator: "SN\u0001",
};

function planeValues(random: Random): Values {
  const angle = random.between(-0.5, 0.5);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return { ImageOrientationPatient: random.uniform() < 0.5 ? [0, 1, 0, 0, 0, -1] : [c, s, 0, 0, 0, -1], ImagePositionPatient: [random.between(-90, 90), random.between(-90, 90), random.between(-90, 90)].map((value) => Number(value.toFixed(4))), PixelSpacing: [0.6, random.pick([0.6, 0.45])] };
}

/** Where pixels lie in the patient, on the detector, or nowhere. */
function geometryValues(kind: SourceKind, random: Random, frames: number): Values {
  if (kind === "mr") return { FrameOfReferenceUID: uidOf("frame", String(random.integer(1e6))), PositionReferenceIndicator: "", SliceThickness: 4, ...planeValues(random) };
  if (kind === "enhanced-mr") {
    const { ImageOrientationPatient, ImagePositionPatient, PixelSpacing } = planeValues(random);
    return {
      FrameOfReferenceUID: uidOf("frame", String(random.integer(1e6))),
      PositionReferenceIndicator: "",
      SharedFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing, SliceThickness: 3 }], PlaneOrientationSequence: [{ ImageOrientationPatient }] }],
      PerFrameFunctionalGroupsSequence: Array.from({ length: frames }, () => ({ PlanePositionSequence: [{ ImagePositionPatient }] })),
    };
  }
  const spacings: readonly Values[] = [{}, { ImagerPixelSpacing: [0.15, 0.15] }, { ImagerPixelSpacing: [0.2, 0.1], DistanceSourceToDetector: 1200, DistanceSourceToPatient: 1000 }, { PixelAspectRatio: [2, 1] }, { PixelSpacing: [0.143, 0.143], ImagerPixelSpacing: [0.2, 0.2] }];
  return random.pick(spacings);
}

function greyValues(random: Random, bits: number, signed: boolean): Values {
  const middle = signed ? 0 : 2 ** (bits - 1);
  const entries = 16;
  const options: readonly Values[] = [
    {},
    { WindowCenter: middle, WindowWidth: 2 ** (bits - 1), VOILUTFunction: "LINEAR" },
    { WindowCenter: middle, WindowWidth: 2 ** bits, VOILUTFunction: "SIGMOID", RescaleSlope: 2, RescaleIntercept: -10, RescaleType: "US" },
    { RescaleSlope: 0, RescaleIntercept: 0, WindowCenter: 10, WindowWidth: 0 },
    { PresentationLUTShape: "INVERSE", RescaleSlope: 1, RescaleIntercept: 0, RescaleType: "US" },
    ...(signed ? [] : [{ ModalityLUTSequence: [{ LUTDescriptor: [entries, 0, 16], ModalityLUTType: "OD", LUTData: Array.from({ length: entries }, (_, i) => i * 68) }], WindowCenter: 500, WindowWidth: 900 }]),
    ...(signed ? [] : [{ VOILUTSequence: [{ LUTDescriptor: [entries, 4, 12], LUTExplanation: "NORMAL", LUTData: Array.from({ length: entries }, (_, i) => i * 273) }] }]),
  ];
  return random.pick(options);
}

/** The n-th of a row of images that differ in kind, size, depth, geometry, text and in what they lack. */
export function variedSource(n: number, only?: SourceKind): { readonly file: DicomFile; readonly bytes: Uint8Array; readonly frame: number; readonly kind: SourceKind; readonly reads: string | undefined } {
  const random = seededRandom("varied source", n);
  const kind = only ?? sourceKinds[n % sourceKinds.length]!;
  const [SOPClassUID, Modality] = classUids[kind];
  const frames = kind === "multi-frame" || kind === "enhanced-mr" ? 1 + random.integer(4) : 1;
  const [rows, columns] = [random.pick([1, 7, 33, 64, 97]), random.pick([2, 5, 31, 64, 120])];
  const bits = random.pick([8, 10, 12, 15, 16]);
  const signed = random.uniform() < 0.25;
  const bytes = bits === 8 ? 1 : 2;
  const pixels = new Uint8Array(rows * columns * frames * bytes + ((rows * columns * frames * bytes) % 2));
  for (let i = 0; i < rows * columns * frames; i++) {
    const value = Math.floor(random.uniform() * 2 ** bits) - (signed ? 2 ** (bits - 1) : 0);
    pixels[i * bytes] = value & 0xff;
    if (bytes === 2) pixels[i * bytes + 1] = (value >> 8) & 0xff;
  }
  const name = names[n % names.length]!;
  const values: Record<string, Value | undefined> = {
    SpecificCharacterSet: name.set,
    SOPClassUID, Modality, SOPInstanceUID: uidOf("instance", String(n)), StudyInstanceUID: uidOf("study", String(n >> 2)), SeriesInstanceUID: uidOf("series", String(n)),
    ImageType: ["ORIGINAL", "PRIMARY"],
    PatientName: name.bytes, PatientID: `ID${n}`, PatientBirthDate: "19700102", PatientSex: random.pick(["M", "F", "O"]), PatientAge: "054Y", StudyDate: "20240229", StudyTime: "101530.25", StudyID: "1", AccessionNumber: "A1", ReferringPhysicianName: "Doe^Jane",
    StudyDescription: "Spine", BodyPartExamined: random.pick(["SPINE", "KNEE", "CHEST", "HAND", "LSPINE"]), Laterality: random.pick(["L", "R", ""]), InstanceNumber: 1 + random.integer(30), SeriesNumber: 2, PatientOrientation: random.pick(["L\\F", "P\\F", "R\\H", "A\\F", ""]), Manufacturer: "Maker",
    TimezoneOffsetFromUTC: random.pick([undefined, "+0100", "-0530"]),
    IssuerOfPatientID: random.pick([undefined, "HOSPITAL"]),
    PatientIdentityRemoved: random.pick([undefined, "YES", "NO"]),
    BurnedInAnnotation: random.pick([undefined, "YES", "NO"]),
    LossyImageCompression: random.pick([undefined, "00", "01"]),
    SamplesPerPixel: 1, PhotometricInterpretation: random.pick(["MONOCHROME1", "MONOCHROME2"]), Rows: rows, Columns: columns, BitsAllocated: bytes * 8, BitsStored: bits, HighBit: bits - 1, PixelRepresentation: signed ? 1 : 0,
    ...(frames > 1 && { NumberOfFrames: frames }),
    ...geometryValues(kind, random, frames),
    ...greyValues(random, bits, signed),
  };
  // A third of the files lack something, another third holds something that no value may be.
  const odd = random.integer(3);
  let reads: string | undefined = name.reads;
  if (odd === 1) {
    for (let i = 0; i < 4; i++) {
      const keyword = random.pick(emptied);
      if (keyword === "PatientName") reads = undefined;
      values[keyword] = random.uniform() < 0.5 ? undefined : "";
    }
  } else if (odd === 2) for (let i = 0; i < 3; i++) {
    const keyword = random.pick(Object.keys(wrong));
    values[keyword] = wrong[keyword];
  }
  const dataset = buildDataset(values);
  dataset.set(buildElement("PixelData", pixels, { vr: bytes === 1 ? "OB" : "OW" }));
  const encoded = encodeDicom(dataset);
  return { file: parseDicom(encoded, { name: `source ${n}` }), bytes: encoded, frame: random.integer(frames), kind, reads };
}

/** A place of the grid over the image: stretched, letterboxed, cut, turned or mirrored. */
function placeOf(random: Random, [height, width]: readonly [number, number], [rows, columns]: readonly [number, number]): GridToImage {
  const [a, e] = [columns / width, rows / height];
  const scale = random.pick([1, 0.5, 1.6]);
  const [x, y] = [random.between(-0.2, 0.2) * columns, random.between(-0.2, 0.2) * rows];
  const places: readonly GridToImage[] = [
    [a, 0, 0, 0, e, 0],
    [a * scale, 0, x, 0, e * scale, y],
    [-a, 0, columns, 0, e, 0],
    [0, columns / height, 0, rows / width, 0, 0],
    [0, -columns / height, columns, rows / width, 0, 0],
  ];
  return random.pick(places);
}

/** A prediction of varied classes, texts and maps over an image. */
export function variedPrediction(n: number, file: DicomFile): ResultPrediction {
  const random = seededRandom("varied prediction", n);
  const [height, width] = random.pick([[7, 7], [14, 14], [1, 1], [4, 9]] as const);
  const signed = random.uniform() < 0.2;
  const [peakY, peakX] = [random.uniform() * height, random.uniform() * width];
  const values = Float32Array.from({ length: height * width }, (_, i) => Math.exp(-((Math.floor(i / width) + 0.5 - peakY) ** 2 + ((i % width) + 0.5 - peakX) ** 2) / (0.15 * height * width + 0.5)) * (signed && random.uniform() < 0.3 ? -1 : 1));
  if (n % 23 === 0) values.fill(0);
  const label = random.pick(["scoliosis", "Skoliose, größer als 10°", "側弯症", "isthmic-spondylolisthesis with a very long name that no short code can hold"]);
  const probability = random.pick([1, 0.5, 0.123456789012345, random.uniform()]);
  return {
    model: { name: random.pick(["Spine screen", "Modèle n° 3", "m".repeat(90)]), version: random.pick(["1.0", "2026-11-22\\b"]), sha256: "0123456789abcdef".repeat(4), ...(random.uniform() < 0.5 && { architecture: "resnet50" }) },
    classes: [{ label: "normal", probability: 1 - probability }, { label, probability, ...(random.uniform() < 0.3 && { code: { value: "298382003", scheme: "SCT", meaning: "Scoliosis deformity of spine" } }) }],
    decided: random.pick(["normal", label]),
    ...(random.uniform() < 0.3 && { threshold: 0.3 }),
    ...(random.uniform() < 0.3 && { text: "Décision: à relire.\nDeux lignes." }),
    ...(n % 29 !== 0 && { map: { values, height, width, signed, toImage: placeOf(random, [height, width], [file.dataset.number("Rows")!, file.dataset.number("Columns")!]), label, method: random.pick(["Grad-CAM", "RISE", "integrated gradients"]), ...(random.uniform() < 0.3 && { threshold: 0.7 }) } }),
    ...(random.uniform() < 0.3 && { settings: "threshold 0.3" }),
  };
}
