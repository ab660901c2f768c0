import { compressionFracture } from "./compression-fracture.js";
import type { Condition } from "./contract.js";
import { discDegeneration } from "./disc-degeneration.js";
import { normal } from "./normal.js";
import { scoliosis } from "./scoliosis.js";
import { degenerativeSpondylolisthesis, isthmicSpondylolisthesis } from "./spondylolisthesis.js";
import { spondylolysis } from "./spondylolysis.js";
import { lyticTumor, scleroticTumor } from "./tumor.js";

/** Every condition that can be simulated on a radiograph. */
export const conditions = {
  normal,
  scoliosis,
  spondylolysis,
  "degenerative-spondylolisthesis": degenerativeSpondylolisthesis,
  "isthmic-spondylolisthesis": isthmicSpondylolisthesis,
  "compression-fracture": compressionFracture,
  "lytic-tumor": lyticTumor,
  "sclerotic-tumor": scleroticTumor,
  "disc-degeneration": discDegeneration,
} as const satisfies Record<string, Condition>;

export type ConditionName = keyof typeof conditions;
