import type { ImageFormat } from "./contract.js";
import { dicom } from "./dicom.js";
import { jpeg } from "./jpeg.js";
import { png } from "./png.js";

/** Every kind of image file that can be read. */
export const formats = { png, jpeg, dicom } satisfies Record<string, ImageFormat>;

export type FormatName = keyof typeof formats;
