export { parseRecipe } from "./parse-recipe.js";
export { recipeJsonSchema, recipeSchema } from "./recipe.js";
export type { RecipeSource, RegimeSource } from "./recipe.js";
export { renderReport } from "./report/page.js";
export { isEstimate, metricNames } from "./results.js";
export type { CellResult, Comparison, ExampleCase, FoldResult, Performance, StudyResults } from "./results.js";
