import { UnsupportedError } from "../../base/index.js";

const preloaded = new Map<string, Uint8Array>();

/** A file that code will ask for later, by its name without folder. */
export function preloadFile(name: string, content: Uint8Array): void {
  preloaded.set(name, content);
}

/** @throws UnsupportedError `file-in-page` for a file that was not loaded before */
export function readFileSync(file: string): Uint8Array {
  const content = preloaded.get(file.slice(file.lastIndexOf("/") + 1));
  if (content === undefined) throw new UnsupportedError("file-in-page", `${file}: expected a file that this page has loaded, got none. Open the model with dicomCodecs, and serve the codecs beside the page.`);
  return content;
}
