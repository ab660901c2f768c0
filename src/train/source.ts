import type { Tensor } from "../base/index.js";
import type { TargetHead } from "./targets.js";

/** How images are wanted. */
export interface ReadOptions {
  /** Names the random stream of the augmentation, together with the case; undefined for the image as it is. */
  readonly view: string | undefined;
  /** false: the view will not be asked for again, so that no cache need keep it. */
  readonly keep?: boolean;
  readonly signal?: AbortSignal;
}

/** Prepared images of labelled cases, by index. Implementations may read ahead and work in other threads. */
export interface CaseSource {
  /** Class of every case, in [0, K). */
  readonly labels: readonly number[];
  /** Names of the classes, in the order of the network's outputs. */
  readonly classNames: readonly string[];
  /** Several targets at once, for the loss `multi-target`; `labels` and `classNames` are then those of the first head. */
  readonly targets?: { readonly heads: readonly TargetHead[]; row(index: number): readonly number[] };
  /** Whether `view` changes an image. */
  readonly augmented: boolean;
  /** Identity of a prepared image without augmentation: another file or preprocessing gives another key. */
  key(index: number): string;
  /** Names the augmentation, for caches of augmented views; needed where `augmented`. */
  readonly augmentationKey?: string;
  /**
   * The images in the order of `indices`, as [n, C, H, W]. The same arguments give the same bits.
   */
  read(indices: readonly number[], options: ReadOptions): Promise<Tensor<"float32">>;
}
