import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { PlannedImage } from "./case-recipe.js";
import { makeCase, type MadeCase } from "./make-case.js";

export interface WriteCaseRequest {
  readonly directory: string;
  readonly planned: PlannedImage;
  readonly bitDepth: 8 | 16;
}

/** What a worker of the data set writer does: make one case and write its files. */
export const caseTasks = {
  async writeCase({ directory, planned, bitDepth }: WriteCaseRequest): Promise<Omit<MadeCase, "files"> & { folders: string[] }> {
    const { files, ...made } = makeCase(planned, bitDepth);
    for (const [folder, bytes] of Object.entries(files)) {
      await mkdir(path.join(directory, folder), { recursive: true });
      await writeFile(path.join(directory, folder, `${planned.name}.png`), bytes);
    }
    return { ...made, folders: Object.keys(files) };
  },
};
