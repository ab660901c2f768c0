import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withFileErrors } from "../../files/index.js";
import type { PlannedImage } from "./case-recipe.js";
import { pathOf, type ImageEncoding } from "./image-encoding.js";
import { makeCase, type CaseFolder, type MadeCase } from "./make-case.js";

export interface WriteCaseRequest {
  readonly directory: string;
  readonly planned: PlannedImage;
  readonly encoding: ImageEncoding;
}

/** What is known of a case whose files are written. */
export interface WrittenCase extends Omit<MadeCase, "files"> {
  readonly name: string;
  readonly folders: readonly CaseFolder[];
}

/** What a worker of the data set writer does: make one case and write its files. */
export const caseTasks = {
  async writeCase({ directory, planned, encoding }: WriteCaseRequest): Promise<WrittenCase> {
    const { files, ...made } = makeCase(planned, encoding);
    for (const [folder, bytes] of Object.entries(files)) {
      const file = path.join(directory, pathOf(folder as CaseFolder, planned.name, encoding.format));
      await withFileErrors(file, async () => writeFile(file, bytes));
    }
    return { ...made, name: planned.name, folders: Object.keys(files) as CaseFolder[] };
  },
};

/** Small files, one after the other: a turn through the thread pool for each would cost more than it frees. */
function writeFile(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
