import { decodeImage, type DecodedImage, type Preprocessing } from "../images/index.js";

/** An image decoded with the channels that a network wants. */
export function decodeFor(bytes: Uint8Array, { channels }: Pick<Preprocessing, "channels">, name: string): Promise<DecodedImage> {
  return channels === "rgb" ? decodeImage(bytes, { channels: "rgb", name }) : decodeImage(bytes, { channels: "grey", name });
}
