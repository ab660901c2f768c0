import type { DrivenOptions, MethodFacts, Passes } from "./contract.js";

/** What the number of passes depends on beside the method. */
export interface PassesOptions extends Pick<DrivenOptions, "samples" | "windowPx" | "stridePx"> {
  /** Side of the image, pixels. */
  readonly inputSize: number;
  /** Channels of the target layer. */
  readonly channels: number;
}

/** Passes for one image, beside the one that predicts. */
export function countPasses({ cost, samples }: MethodFacts, options: PassesOptions): { readonly forward: number; readonly backward: number } {
  const count = (passes: Passes): number => {
    if (passes === "samples") return options.samples ?? samples ?? 1;
    if (passes === "channels") return options.channels;
    if (passes === "windows") return windowsOf(options);
    return passes;
  };
  return { forward: count(cost.forward), backward: count(cost.backward) };
}

function windowsOf({ inputSize, windowPx = Math.max(1, Math.round(inputSize / 8)), stridePx = Math.max(1, Math.floor(windowPx / 2)) }: PassesOptions): number {
  return (Math.ceil((inputSize - windowPx) / stridePx) + 1) ** 2 + 1;
}
