import type { AskedModel } from "../quality/asked-model.js";
import { probabilitiesOf } from "../quality/asked-model.js";
import { areaUnder } from "../quality/deletion.js";
import { placesOf, rankPixels, readMap } from "../quality/read-map.js";
import type { HeatMap } from "../upsample.js";

/** Steps of a curve: 2 · 5 predictions per map, as the ends are the image and the blurred image for all maps. */
export const contrastSteps = 6;

/**
 * Insertion less deletion of several maps of one image, in one batch: the area under the class's probability as the hottest
 * pixels come back into the blurred image, less the area as they are blurred out of the image.
 * @param blank the blurred image
 * @returns in [-1, 1], one per map; higher is better, and a random map has about 0
 */
export async function contrastOf(model: AskedModel, maps: readonly HeatMap[], { seed, blank }: { readonly seed: number; readonly blank: Float32Array }): Promise<number[]> {
  const { image, channels } = model;
  const inner = contrastSteps - 1;
  const places = maps.map((map) => placesOf(rankPixels(readMap(map, model, "signed"), seed)));
  const plane = model.height * model.width;
  const probabilities = await probabilitiesOf(model, 2 + maps.length * inner * 2, (i, into) => {
    if (i < 2) return into.set(i === 0 ? image : blank);
    const at = i - 2;
    const [map, step, inserted] = [Math.floor(at / (2 * inner)), 1 + (at % inner), at % (2 * inner) < inner];
    const count = Math.round((step / contrastSteps) * plane);
    const [hot, cold] = inserted ? [image, blank] : [blank, image];
    const own = places[map]!;
    for (let c = 0, to = 0; c < channels; c++) for (let p = 0; p < plane; p++, to++) into[to] = own[p]! < count ? hot[to]! : cold[to]!;
  });
  const [whole, nothing] = [probabilities[0]!, probabilities[1]!];
  return maps.map((_, m) => {
    const part = (second: number) => probabilities.slice(2 + (2 * m + second) * inner, 2 + (2 * m + second + 1) * inner);
    return areaUnder([nothing, ...part(0), whole]) - areaUnder([whole, ...part(1), nothing]);
  });
}
