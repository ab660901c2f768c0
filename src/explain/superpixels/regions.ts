import type { Superpixels } from "./contract.js";

/** Disjoint sets of pixels, merged by size. */
export class Regions {
  readonly #parent: Int32Array;
  readonly #size: Int32Array;

  constructor(pixels: number) {
    this.#parent = Int32Array.from({ length: pixels }, (_, p) => p);
    this.#size = new Int32Array(pixels).fill(1);
  }

  find(pixel: number): number {
    let root = pixel;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    for (let p = pixel; p !== root; ) {
      const next = this.#parent[p]!;
      this.#parent[p] = root;
      p = next;
    }
    return root;
  }

  size(pixel: number): number {
    return this.#size[this.find(pixel)]!;
  }

  /** Merges two sets and returns the root of the whole. */
  merge(a: number, b: number): number {
    let [large, small] = [this.find(a), this.find(b)];
    if (large === small) return large;
    if (this.#size[large]! < this.#size[small]!) [large, small] = [small, large];
    this.#parent[small] = large;
    this.#size[large]! += this.#size[small]!;
    return large;
  }

  /** Numbered in the order in which they are met, row by row. */
  labels(): Superpixels {
    const numbers = new Map<number, number>();
    const labels = Int32Array.from(this.#parent, (_, pixel) => {
      const root = this.find(pixel);
      const number = numbers.get(root) ?? numbers.size;
      numbers.set(root, number);
      return number;
    });
    return { labels, count: numbers.size };
  }
}
