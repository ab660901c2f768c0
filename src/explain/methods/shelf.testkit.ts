import type { ArchitectureName } from "../../models/index.js";
import type { ExplainerOptions } from "../explainer.js";
import type { MethodName } from "./index.js";

/** Few questions, so that every method is quick on a small network. */
export const quick: ExplainerOptions = { samples: 24, cells: 2, segments: 4, superpixels: "grid", windowPx: 4, scaling: "none", engine: { threads: 1 }, target: { class: 1 } };

export type ShelfTest = "zeros where nothing depends on the image" | ArchitectureName;

/** Where a method can't pass a test of the shelf, and why. */
export const exclusions: readonly { readonly item: MethodName; readonly test: ShelfTest; readonly reason: string }[] = [
  { item: "eigen-cam", test: "zeros where nothing depends on the image", reason: "it looks at the features alone, not at the score" },
  { item: "score-cam", test: "zeros where nothing depends on the image", reason: "its weights sum to one: equal scores give the mean of the channels" },
  ...(["vgg16-tiny", "vgg16_bn-tiny", "convnext_base-tiny"] as const).map((test) => ({ item: "cam" as const, test, reason: "the head is not one linear layer behind a mean over space" })),
  ...(["convnext_base-tiny", "efficientnet_b0-tiny", "efficientnet_v2-tiny"] as const).flatMap((test) =>
    (["guided-backpropagation", "deconvnet", "guided-grad-cam"] as const).map((item) => ({ item, test, reason: "the network has no rectifiers" })),
  ),
  { item: "deep-lift", test: "densenet-cbam-tiny", reason: "the maximum over channels has no rescale rule" },
];

export function reasonAgainst(item: string, test: ShelfTest): string | undefined {
  return exclusions.find((row) => row.item === item && row.test === test)?.reason;
}
