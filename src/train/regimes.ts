import { InputError } from "../base/index.js";
import type { Network } from "../models/index.js";

/** What is trained, from which start. */
export type Regime =
  | { readonly name: "scratch" }
  | { readonly name: "feature-extraction" }
  | { readonly name: "fine-tuning"; readonly stages: "all" | number };

export type RegimeName = Regime["name"];

/** Static facts of the regimes. */
export const regimes = {
  scratch: { title: "From scratch", summary: "Random weights, everything trained.", pretrained: false },
  "feature-extraction": { title: "Feature extraction", summary: "Pretrained weights, only the head trained.", pretrained: true },
  "fine-tuning": { title: "Fine-tuning", summary: "Pretrained weights, all or the last stages trained on.", pretrained: true },
} as const satisfies Record<RegimeName, { title: string; summary: string; pretrained: boolean }>;

const trainableRoles: readonly string[] = ["weight", "bias", "normScale", "normBias"];

/** How a regime divides a network. */
export interface Division {
  /** Index of the first trained stage. */
  readonly firstTrained: number;
  /** Value at which the frozen part ends and the trained part begins; undefined where nothing is frozen. */
  readonly boundary: string | undefined;
  /** Parameters the optimizer updates, in the network's order. */
  readonly trained: readonly string[];
  /** Parameters of the frozen part, running statistics included. */
  readonly frozen: readonly string[];
}

/**
 * Divides a network into what a regime trains and what it freezes.
 * @throws InputError `regime-stages` when fewer than one or more stages are asked for than the network has
 */
export function divide(network: Network, regime: Regime): Division {
  const count = network.stages.length;
  let trainedStages = count;
  if (regime.name === "feature-extraction") trainedStages = 1;
  if (regime.name === "fine-tuning" && regime.stages !== "all") trainedStages = regime.stages;
  if (!Number.isInteger(trainedStages) || trainedStages < 1 || trainedStages > count) {
    throw new InputError(
      "regime-stages",
      `fine-tuning of ${network.architecture}: expected stages "all" or 1 to ${count}, got ${String(trainedStages)}. Its stages are ${network.stages.map(({ name }) => name).join(", ")}.`,
    );
  }
  const firstTrained = count - trainedStages;
  const trainedNames = new Set(network.stages.slice(firstTrained).map(({ name }) => name));
  const isTrained = ({ stage }: { stage: string }) => trainedNames.has(stage);
  return {
    firstTrained,
    boundary: firstTrained === 0 ? undefined : network.stages[firstTrained - 1]!.output,
    trained: network.parameters.filter((p) => isTrained(p) && trainableRoles.includes(p.role)).map(({ name }) => name),
    frozen: network.parameters.filter((p) => !isTrained(p)).map(({ name }) => name),
  };
}
