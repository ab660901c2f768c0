import type { Random, Tensor } from "../base/index.js";
import { InputError, unknownName } from "../base/index.js";
import { composeAffine, identityAffine, isIdentity, resampleAffine } from "./augment/affine.js";
import type { Augmentation } from "./augment/contract.js";
import type { AugmentationName, AugmentationRecipe } from "./augment/index.js";
import { augmentations } from "./augment/index.js";

export interface AugmentOptions {
  /** Each augmentation draws from its own fork, so that adding one does not change the others. */
  readonly random: Random;
  /** Value of what is moved in from outside the image. 0 by default. */
  readonly fill?: number;
}

/**
 * Applies a recipe to one image of values in 0..1. All geometric augmentations are composed into one bilinear
 * resampling. Where grey values were changed the result is limited to 0..1, as in any image file.
 * With no augmentation, or all at zero strength, the result equals the input exactly.
 * @param image [H, W] or [C, H, W], not normalized; left as it is
 * @returns a new tensor of the same shape
 * @throws InputError `augmentation-strength`; NotFoundError `unknown-augmentation`
 */
export function augment(image: Tensor<"float32">, recipe: AugmentationRecipe, { random, fill = 0 }: AugmentOptions): Tensor<"float32"> {
  const { shape } = image;
  if (shape.length !== 2 && shape.length !== 3) {
    throw new InputError("augment-shape", `image: expected shape [H, W] or [C, H, W], got [${shape.join(", ")}]. Pass one image at a time.`);
  }
  const size = { height: shape.at(-2)!, width: shape.at(-1)! };
  const active = activeAugmentations(recipe);
  let affine = identityAffine;
  for (const { name, item, strength } of active) {
    // output -> input maps compose from the last augmentation back to the first.
    if (item.kind === "geometric") affine = composeAffine(item.draw(strength, random.fork(name), size), affine);
  }
  const data = isIdentity(affine) ? image.data.slice() : resampleAffine(image.data, size, affine, fill);
  let changedGreys = false;
  for (const { name, item, strength } of active) {
    if (item.kind !== "photometric") continue;
    item.apply(data, strength, random.fork(name), size);
    changedGreys = true;
  }
  if (changedGreys) for (let i = 0; i < data.length; i++) data[i] = data[i]! < 0 ? 0 : data[i]! > 1 ? 1 : data[i]!;
  return { dtype: "float32", shape, data };
}

/**
 * The augmentations of a recipe that change anything, in the order of application.
 * @throws InputError `augmentation-strength`; NotFoundError `unknown-augmentation`
 */
export function activeAugmentations(recipe: AugmentationRecipe): { name: AugmentationName; item: Augmentation; strength: number }[] {
  const names = Object.keys(augmentations) as AugmentationName[];
  for (const name of Object.keys(recipe)) if (!names.includes(name as AugmentationName)) throw unknownName("augmentation", name, names);
  return names.flatMap((name) => {
    const item: Augmentation = augmentations[name];
    const settings = recipe[name] as Record<string, number> | undefined;
    if (settings === undefined) return [];
    const { parameter } = item;
    const strength = settings[parameter.name];
    const keys = Object.keys(settings);
    if (strength === undefined || keys.length !== 1) {
      throw new InputError("augmentation-strength", `${name}: expected the one setting ${parameter.name}, got ${keys.join(", ") || "none"}. Write ${name}: { ${parameter.name}: ${parameter.suggested} }.`);
    }
    if (!(strength >= parameter.minimum && strength <= parameter.maximum)) {
      throw new InputError("augmentation-strength", `${name}.${parameter.name}: expected ${parameter.minimum} to ${parameter.maximum} (${parameter.unit}), got ${strength}. A mild choice is ${parameter.suggested}.`);
    }
    return strength === parameter.identity ? [] : [{ name, item, strength }];
  });
}
