import { completeness, inputInvariance } from "./axioms.js";
import { averagePrecision } from "./average-precision.js";
import { effectiveComplexity, entropy, sparseness } from "./complexity.js";
import { averageDrop, averageGain, averageIncrease } from "./confidence-change.js";
import { noiseConsistency, rotationConsistency, shiftConsistency } from "./consistency.js";
import type { Measure } from "./contract.js";
import { deletion, insertion } from "./deletion.js";
import { faithfulnessCorrelation } from "./faithfulness-correlation.js";
import { infidelity } from "./infidelity.js";
import { energyInside, relevanceMassAccuracy } from "./mass-inside.js";
import { monotonicity } from "./monotonicity.js";
import { dice, iou } from "./overlap.js";
import { pixelFlipping } from "./pixel-flipping.js";
import { pointingGame } from "./pointing-game.js";
import { cascadingRank, cascadingSsim, independentRank, independentSsim, randomLogit } from "./randomization.js";
import { relevanceRankAccuracy, topKIntersection } from "./rank-inside.js";
import { reproducibilityRank, reproducibilitySsim } from "./reproducibility.js";
import { roadLeastRelevantFirst, roadMostRelevantFirst } from "./road.js";
import { averageSensitivity, localLipschitz, maxSensitivity } from "./sensitivity.js";
import { sufficiency } from "./sufficiency.js";

/** Every quality measure, by its name on the command line. */
export const measures = {
  "pointing-game": pointingGame,
  "energy-inside": energyInside,
  "relevance-mass": relevanceMassAccuracy,
  "relevance-rank": relevanceRankAccuracy,
  iou,
  dice,
  "average-precision": averagePrecision,
  "top-k-intersection": topKIntersection,
  deletion,
  insertion,
  "road-most-relevant-first": roadMostRelevantFirst,
  "road-least-relevant-first": roadLeastRelevantFirst,
  "pixel-flipping": pixelFlipping,
  "average-drop": averageDrop,
  "average-increase": averageIncrease,
  "average-gain": averageGain,
  "faithfulness-correlation": faithfulnessCorrelation,
  infidelity,
  monotonicity,
  sufficiency,
  "max-sensitivity": maxSensitivity,
  "average-sensitivity": averageSensitivity,
  "local-lipschitz": localLipschitz,
  "shift-consistency": shiftConsistency,
  "rotation-consistency": rotationConsistency,
  "noise-consistency": noiseConsistency,
  "cascading-randomization-ssim": cascadingSsim,
  "cascading-randomization-rank": cascadingRank,
  "independent-randomization-ssim": independentSsim,
  "independent-randomization-rank": independentRank,
  "random-logit": randomLogit,
  sparseness,
  entropy,
  "effective-complexity": effectiveComplexity,
  completeness,
  "input-invariance": inputInvariance,
  "reproducibility-ssim": reproducibilitySsim,
  "reproducibility-rank": reproducibilityRank,
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;

/** Whether a measure asks for no more than the map, or the map and its region. */
export function isMeasureOfMap(name: MeasureName): boolean {
  const { needs }: Measure = measures[name];
  return needs.every((part) => part === "region");
}

/** Whether a word names a measure. */
export function isMeasureName(name: string): name is MeasureName {
  return Object.hasOwn(measures, name);
}
