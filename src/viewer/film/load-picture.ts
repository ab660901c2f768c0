import { ApiError } from "../../server/contract.js";
import { fetchFile } from "../shell/early.js";
import { readGreyPng, type GreyPicture } from "./read-png.js";

const kept = new Map<string, Promise<GreyPicture>>();
/** Pictures that are kept: the one looked at and its neighbours. */
const mostKept = 6;

async function byBrowser(bytes: Uint8Array<ArrayBuffer>): Promise<GreyPicture> {
  const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { height, width, bits: 8, pixels: Uint8Array.from({ length: height * width }, (_, i) => data[4 * i]!) };
}

async function ask(address: string): Promise<GreyPicture> {
  const answer = await fetchFile(address);
  if (!answer.ok) throw new ApiError((await answer.json()) as never);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return (await readGreyPng(bytes)) ?? byBrowser(bytes);
}

/** The picture at an address of the server; asked for once, and remembered while it is among the last. */
export function loadPicture(address: string): Promise<GreyPicture> {
  const found = kept.get(address);
  if (found !== undefined) return found;
  const asked = ask(address);
  kept.set(address, asked);
  asked.catch(() => kept.delete(address));
  while (kept.size > mostKept) kept.delete(kept.keys().next().value!);
  return asked;
}

/** Puts a picture that the page made itself under an address of its own. */
export function keepPicture(address: string, picture: GreyPicture): void {
  kept.set(address, Promise.resolve(picture));
}
