// Writes recipes/recipe.schema.json from the recipe's definition. Run after `npm run build`.
import { writeFileSync } from "node:fs";
import { recipeJsonSchema } from "../dist/study/index.js";

writeFileSync("recipes/recipe.schema.json", `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
