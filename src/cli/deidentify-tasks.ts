import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { createPseudonyms, deidentifyFile, parseDicom, renderFrame, type DeidentifiedFile, type DicomFile, type OptionName } from "../dicom/index.js";
import { withFileErrors, writeFileAtomic } from "../files/index.js";
import { encodePicture } from "../images/index.js";

export interface DeidentifyRequest {
  /** Absolute path of the file, or its bytes where it lies in an archive. */
  readonly source: string | Uint8Array;
  /** How messages call it: paths may name the patient. */
  readonly name: string;
  readonly key: Uint8Array;
  readonly options: readonly OptionName[];
  /** Folder to write to, and the name that the file has there until it gets its own. */
  readonly folder: string;
  readonly temporary: string;
  readonly isPreview: boolean;
}

export interface DeidentifyOutcome extends Pick<DeidentifiedFile, "instanceUid" | "pseudonym" | "masks"> {
  /** Number of attributes by what was done with them. */
  readonly changes: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Whether anything was written under the temporary name. */
  readonly isWritten: boolean;
}

/** Memory that files are read into, one after another: fresh memory for every one of them would cost as much as the reading. */
let memory = Buffer.alloc(0);

async function readInto(file: string, name: string): Promise<Uint8Array> {
  return withFileErrors(name, async () => {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      if (memory.length < size) memory = Buffer.alloc(size);
      let at = 0;
      while (at < size) {
        const { bytesRead } = await handle.read(memory, at, size - at, at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return memory.subarray(0, at);
    } finally {
      await handle.close();
    }
  });
}

/** The image with what will be painted over framed in red. */
async function preview(file: DicomFile, { masks }: DeidentifiedFile): Promise<Uint8Array> {
  const { pixels, height, width } = renderFrame(file, { orientation: "stored" });
  const data = new Uint8Array(3 * height * width);
  for (let i = 0; i < height * width; i++) data.fill(Math.round(255 * pixels[i]!), 3 * i, 3 * i + 3);
  for (const { row, column, height: tall, width: wide } of masks) {
    for (let r = row; r < row + tall; r++) {
      for (let c = column; c < column + wide; c++) {
        const isFrame = Math.min(r - row, row + tall - 1 - r, c - column, column + wide - 1 - c) < 3;
        if (isFrame) data.set([255, 0, 0], 3 * (r * width + c));
      }
    }
  }
  return encodePicture({ data, height, width, channels: 3 }, "png");
}

/** What the workers of `dicom deidentify` do. Not to be called again before it has ended: files share their memory. */
export const deidentifyTasks = {
  async deidentify({ source, name, key, options, folder, temporary, isPreview }: DeidentifyRequest): Promise<DeidentifyOutcome> {
    const parsed = parseDicom(typeof source === "string" ? await readInto(source, name) : source, { name });
    const result = deidentifyFile(parsed, { pseudonyms: createPseudonyms(key), options: new Set(options) });
    const isWritten = !isPreview || result.masks.length > 0;
    if (isWritten) {
      await withFileErrors("output folder", () => mkdir(folder, { recursive: true }));
      await writeFileAtomic(path.join(folder, temporary), isPreview ? await preview(parsed, result) : result.parts);
    }
    const changes: Record<string, number> = {};
    for (const { done } of result.changes) changes[done] = (changes[done] ?? 0) + 1;
    const { instanceUid, pseudonym, masks, warnings } = result;
    return { instanceUid, pseudonym, masks, changes, warnings: warnings.map(({ message }) => message), isWritten };
  },
};
