import { isArchitectureName, tinyVariant } from "../../models/index.js";
import type { RecipeSource, RegimeSource } from "../recipe.js";
import type { SearchRecipe } from "../search/search-recipe.js";

/** What a recipe is reduced to so that it runs in minutes. */
const small = { size: 96, epochs: { scratch: 12, "feature-extraction": 12, "fine-tuning": 8 }, folds: 2, learningRate: 0.003, batchSize: 12, trials: 3, samples: 60 } as const;

/** Name of the source that stands for published weights, which small networks have none of. */
export const elsewhere = "run:elsewhere";

function smallRegime(row: string, settings: RegimeSource | null): RegimeSource {
  const name = (settings?.regime ?? row) as keyof typeof small.epochs;
  return { ...settings, epochs: small.epochs[name] ?? 8, batchSize: small.batchSize, optimizer: { ...(settings?.optimizer ?? { name: "adamw" }), learningRate: small.learningRate } };
}

const tiny = (name: string): string => (isArchitectureName(name) ? tinyVariant(name) : name);

/** Few trials, each judged once, of learning rates that suit few epochs. */
function smallSearch(search: SearchRecipe): SearchRecipe {
  const { networks, space } = search;
  return {
    ...search,
    trials: small.trials,
    // One standard error needs more than one score.
    innerFolds: search.selectionRule === "one-standard-error" ? 2 : 1,
    ...(networks && { networks: [...new Set(networks.map(tiny))] }),
    space: Object.fromEntries(Object.entries(space).map(([name, parameter]) => [name, name.endsWith("learningRate") ? { log: [0.0005, 0.01] as [number, number] } : parameter])),
  };
}

/**
 * The same study with small networks, small images, few epochs and two folds: every cell of its table, no figure of which
 * means anything.
 */
export function smallRecipe(recipe: RecipeSource): RecipeSource {
  const networks = [...new Set(recipe.networks.map(tiny))];
  const usesWeights = Object.entries(recipe.regimes).some(([row, settings]) => (settings?.regime ?? row) !== "scratch");
  const sources = recipe.sources ?? (usesWeights ? ["imagenet"] : undefined);
  return {
    ...recipe,
    title: `${recipe.title ?? recipe.study} (tried out on simulated images)`,
    networks,
    ...(sources && { sources: sources.map((source) => (source === "imagenet" ? elsewhere : source)) }),
    regimes: Object.fromEntries(Object.entries(recipe.regimes).map(([row, settings]) => [row, smallRegime(row, settings)])),
    image: { ...recipe.image, size: small.size },
    validation: { ...recipe.validation, folds: small.folds },
    ...(recipe.search && { search: smallSearch(recipe.search) }),
    seeds: [recipe.seeds?.[0] ?? 1],
    explanation: { ...recipe.explanation, ...(recipe.explanation?.methods && { samples: small.samples }), examples: Math.min(4, recipe.explanation?.examples ?? 4) },
  };
}
