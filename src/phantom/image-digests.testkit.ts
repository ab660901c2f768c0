import { createHash } from "node:crypto";
import { studies } from "./dataset/studies.js";
import { makeCase } from "./dataset/make-case.js";
import { planPhantomDataset, type PlanOptions } from "./dataset/plan-dataset.js";
import { views } from "./dataset/views.js";

type Wish = Omit<PlanOptions, "count" | "seed">;

/** Images of every view and preset, with what is drawn, worn and changed on them. */
const wishes: Readonly<Record<string, Wish & { readonly bitDepth?: 8 | 16; readonly count?: number }>> = {
  ...Object.fromEntries(Object.keys(views).map((view) => [view, { view: view as keyof typeof views, size: 64, count: 9 }])),
  ...Object.fromEntries(Object.keys(studies).map((study) => [study, { study: study as keyof typeof studies, size: 64, count: 4 }])),
  "lumbar-lateral 16 bit": { view: "lumbar-lateral", size: 128, count: 2, bitDepth: 16, postures: ["flexion", "extension"] },
  "disc-mri 16 bit": { view: "disc-mri", size: 128, count: 2, bitDepth: 16 },
  "near-duplicates and a marker": { study: "scoliosis", size: 64, count: 4, experiments: { nearDuplicates: 0.5, shortcut: { name: "marker", strength: 1 } } },
};

/** SHA-256 of the files, table cells and truth of each wish's images. */
export function digestImages(): Record<string, string> {
  return Object.fromEntries(Object.entries(wishes).map(([name, { bitDepth = 8, count = 2, ...wish }]) => {
    const hash = createHash("sha256");
    for (const planned of planPhantomDataset({ ...wish, count, seed: 11 })) {
      const { files, ...rest } = makeCase(planned, { format: "png", bitDepth });
      for (const [folder, bytes] of Object.entries(files)) hash.update(folder).update(bytes);
      hash.update(JSON.stringify(rest));
    }
    return [name, hash.digest("hex")];
  }));
}
