import { UnsupportedError } from "../../base/index.js";

/** @throws UnsupportedError `deflate-in-page` */
export function inflateRawSync(): never {
  throw new UnsupportedError("deflate-in-page", "a deflated DICOM file: expected another transfer syntax in a page, got Deflated Explicit VR Little Endian. Store the file uncompressed or as JPEG lossless.");
}
