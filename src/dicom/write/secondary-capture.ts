import type { DicomFile } from "../parse/parse-dicom.js";
import { bodyPartValues, patientOrientation } from "./body-part.js";
import type { Values } from "./build-dataset.js";
import { burnIn } from "./burn-in.js";
import { codeValues, codes, shorten } from "./codes.js";
import { derivationValues } from "./functional-groups.js";
import { frameValues, mapTitle, type ResultContext } from "./result-frame.js";

const lossyMethods: Readonly<Record<string, string>> = { jpeg: "ISO_10918_1", "jpeg-ls": "ISO_14495_1", "jpeg-2000": "ISO_15444_1", htj2k: "ISO_15444_15" };

/** That the pixels once lost something: it stays true of everything made from them. */
export function lossyValues({ dataset, transferSyntax }: DicomFile): Values {
  const told = dataset.text("LossyImageCompression");
  if (told !== "01" && !transferSyntax.lossy) return { LossyImageCompression: "00" };
  const ratios = dataset.numbers("LossyImageCompressionRatio").filter((ratio) => ratio > 0);
  const methods = dataset.texts("LossyImageCompressionMethod").filter((method) => /^[A-Z0-9_ ]{1,16}$/.test(method));
  return {
    LossyImageCompression: "01",
    // How much was lost is not always told; 1 is the least that it can have been.
    LossyImageCompressionRatio: ratios.length > 0 ? ratios : 1,
    LossyImageCompressionMethod: methods.length > 0 ? methods : (lossyMethods[transferSyntax.codec] ?? "ISO_10918_1"),
  };
}

/**
 * The heat map burned into the image, with a caption below it, for viewers that can show nothing else.
 * @throws what decoding the source's pixels throws
 * @see DICOM PS3.3 A.8.1, C.8.6
 */
export function buildSecondaryCapture(context: ResultContext): Values {
  const { prediction, source, options } = context;
  const { data, height, width } = burnIn(source, prediction, options.longestSidePx);
  const values = frameValues(context, "secondary-capture");
  const { dataset } = source.file;
  return {
    ...values,
    ImageType: ["DERIVED", "SECONDARY"],
    ConversionType: "WSD",
    SecondaryCaptureDeviceManufacturer: "Osteon",
    SecondaryCaptureDeviceManufacturerModelName: values["ManufacturerModelName"],
    DateOfSecondaryCapture: values["ContentDate"],
    TimeOfSecondaryCapture: values["ContentTime"],
    ...bodyPartValues(source, { side: true }),
    PatientOrientation: patientOrientation(source),
    DerivationDescription: shorten(`${mapTitle(prediction) || "result"} laid over the image, with a caption`, 1024),
    DerivationCodeSequence: [codeValues(codes.artificialIntelligence)],
    SourceImageSequence: derivationValues(source, codes.artificialIntelligence)[0]!["SourceImageSequence"],
    // The caption names nobody; what the source had burned in is still there.
    BurnedInAnnotation: dataset.text("BurnedInAnnotation") === "YES" ? "YES" : "NO",
    ...lossyValues(source.file),
    SamplesPerPixel: 3,
    PhotometricInterpretation: "RGB",
    PlanarConfiguration: 0,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: data.length % 2 === 0 ? data : Buffer.concat([data, Buffer.of(0)]),
  };
}
