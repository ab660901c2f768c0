import type { Random } from "../../base/index.js";

/** Patients with this many images and more are exchanged with each other, whatever their number. */
const large = 4;

/**
 * Labellings of the same cases under which the label has nothing to do with the image: within each fold, the lists of
 * labels of patients with equally many images are exchanged. So folds keep their classes and patients their pattern
 * of labels; where sizes differ (among patients with four images and more), a list is cut or begun again.
 */
export class LabelExchange {
  readonly #truth: Int32Array;
  readonly #blocks: readonly (readonly (readonly number[])[])[];

  /**
   * @param truth class of each case
   * @param groups patient of each case
   * @param tests cases of each fold
   */
  constructor(truth: Int32Array, groups: readonly number[], tests: readonly (readonly number[])[]) {
    this.#truth = truth;
    this.#blocks = tests.flatMap((test) => {
      const members = new Map<number, number[]>();
      for (const i of test) members.set(groups[i]!, [...(members.get(groups[i]!) ?? []), i]);
      const bySize = new Map<number, number[][]>();
      for (const list of members.values()) {
        const size = Math.min(large, list.length);
        bySize.set(size, [...(bySize.get(size) ?? []), list]);
      }
      return [...bySize.values()];
    });
  }

  /** One labelling, drawn at random. */
  draw(random: Random): Int32Array {
    const drawn = this.#truth.slice();
    for (const block of this.#blocks) {
      const order = random.shuffle(block);
      block.forEach((list, g) => {
        const from = order[g]!;
        list.forEach((i, k) => (drawn[i] = this.#truth[from[k % from.length]!]!));
      });
    }
    return drawn;
  }
}
