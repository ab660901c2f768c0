import { seededRandom } from "../../base/index.js";
import type { Case } from "../dataset.js";

/** Images measured at most: enough for an AUC within 0.02, and seconds instead of minutes. */
const most = 2000;
/** Of a small class, this many are taken whatever its share. */
const leastOfClass = 200;

/** Positions of the cases whose images are measured: all, or a sample with the classes' shares, drawn once for all. */
export function sampleForTraits(cases: readonly Pick<Case, "label" | "id">[]): Set<number> {
  if (cases.length <= most) return new Set(cases.keys());
  const chosen = new Set<number>();
  for (const label of new Set(cases.map((one) => one.label))) {
    const own = cases.flatMap((one, i) => (one.label === label ? [i] : []));
    const share = Math.max(leastOfClass, Math.floor((most * own.length) / cases.length));
    for (const i of seededRandom("traits", label).shuffle(own).slice(0, share)) chosen.add(i);
  }
  return chosen;
}
