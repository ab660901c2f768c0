import { countPasses } from "../methods/count-passes.js";
import { methods, type MethodName } from "../methods/index.js";
import type { AuditedCase, AuditedModel } from "./contract.js";
import { contrastSteps } from "./contrast.js";

/** Passes of one map. */
export interface MapPasses {
  readonly forward: number;
  readonly backward: number;
}

export interface AuditPlan {
  /** Passes in all, a backward one counted as what it is worth in forward ones. */
  readonly total: number;
  readonly backwardWorth: number;
  readonly perMap: (method: MethodName) => MapPasses;
}

/** A backward pass costs about two forward ones: a gradient of the layer's input and its share of the graph around. */
const backwardWorth = 2;

/** Times that random weights are drawn for the upper half of the stages, and how many of the draws each case has. */
export const halfDraws = 4;
export const halfDrawsPerCase = 2;

/** Maps of a method per case, beside those of peers: the image itself, random weights (head, all, two draws of the half), two changed images, and for methods that draw another draw. */
export function mapsPerCase(method: MethodName): number {
  return 5 + halfDrawsPerCase + (draws(method) ? 1 : 0);
}

/** Whether a method draws random numbers: then another draw may give another map. */
export function draws(method: MethodName): boolean {
  const { forward, backward } = methods[method].cost;
  return (forward === "samples" || backward === "samples") && method !== "integrated-gradients";
}

/** Predictions per case for the contrasts of a number of maps. */
export function contrastPasses(maps: number): number {
  return 2 + maps * 2 * (contrastSteps - 1);
}

/** What an audit will cost, so that the time left can be said. */
export function planAudit({ subject, cases, methods: names, peers }: { readonly subject: AuditedModel; readonly cases: readonly AuditedCase[]; readonly methods: readonly MethodName[]; readonly peers: readonly AuditedModel[] }): AuditPlan {
  const { network } = subject;
  const channels = Number(network.graph.values.get(network.camLayer)?.shape[1] ?? 1);
  const perMap = (method: MethodName): MapPasses => {
    const { forward, backward } = countPasses(methods[method], { inputSize: network.inputSize, channels });
    return { forward: forward + 1, backward };
  };
  const perCase = names.reduce((sum, method) => {
    const { forward, backward } = perMap(method);
    return sum + (mapsPerCase(method) + peers.length) * (forward + backwardWorth * backward) + contrastPasses(2);
  }, 1 + contrastPasses(2));
  return { total: perCase * cases.length, backwardWorth, perMap };
}
