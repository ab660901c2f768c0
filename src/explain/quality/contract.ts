import type { Tensor } from "../../base/index.js";
import type { HeatMap } from "../upsample.js";
import type { AskedModel } from "./asked-model.js";

/** What a measure says of a map. */
export type Property = "localization" | "faithfulness" | "robustness" | "randomization" | "complexity" | "axiom" | "reproducibility";

/** What a measure has to be given beside the map. */
export type Part = "region" | "model" | "method" | "cohort" | "peers";

/** What of a signed map a measure looks at: what speaks for the target, the size of either sign, or the numbers as they are. */
export type Reading = "positive" | "size" | "signed";

/** Libraries that have a measure too. */
export type Library = "pytorch-grad-cam" | "Captum" | "Xplique" | "Quantus";

/** The static facts of a measure. */
export interface MeasureFacts {
  readonly title: string;
  readonly summary: string;
  /** In plain text, with the conventions at ties and edges. */
  readonly formula: string;
  readonly reference: string;
  readonly property: Property;
  readonly direction: "higher" | "lower";
  readonly range: readonly [lowest: number, highest: number];
  readonly needs: readonly Part[];
  readonly reads: Reading;
  /** Where it says something, and where it does not. */
  readonly applies: string;
  /** Passes through the network for one map, with the default settings. */
  readonly passes: string;
  readonly elsewhere: readonly Library[];
}

/** A change of the network, or of what it is asked, under which a method explains the same image again. */
export type Variant =
  | { readonly kind: "randomized"; readonly stages: readonly string[]; readonly seed: number }
  | { readonly kind: "class"; readonly index: number }
  | { readonly kind: "shifted"; readonly amount: number };

/** A method, ready to explain images again for the same target. */
export interface MethodProbe {
  /** Stages of the network from the image to the head, for {@link Variant}. */
  readonly stages: readonly string[];
  readonly classes: number;
  /** Class that is explained. */
  readonly class: number;
  /** @param images [N, C, H, W] */
  maps(images: Tensor<"float32">, variant?: Variant): Promise<readonly HeatMap[]>;
}

/** A map with what measures may ask about it. */
export interface MeasureSubject {
  /** Of any extent, signed or not. */
  readonly map: HeatMap;
  /** Where the finding is known to be, [H, W] in [0, 1]. */
  readonly region?: HeatMap;
  /** The network that was explained, asked about the image. */
  readonly model?: AskedModel;
  /** The method that made the map, with the network it explains. Needs the model's image as well. */
  readonly method?: MethodProbe;
  /** The other cases of a data set: their maps and predictions; with this case's own prediction. */
  readonly cohort?: { readonly predicted: string | number; readonly others: readonly { readonly map: HeatMap; readonly predicted: string | number }[] };
  /** Maps of the same case by networks of other seeds, folds or architectures. */
  readonly peers?: readonly HeatMap[];
}

export interface MeasureSettings {
  /** Names the random numbers; default 0. */
  readonly seed?: number;
  /** Steps of a removal curve. */
  readonly steps?: number;
  /** Random perturbations. */
  readonly samples?: number;
  /** Share of the map's peak that counts as hot (overlap), or the largest distance of alike maps (sufficiency). */
  readonly threshold?: number;
  /** Share of the pixels: the hottest ones, or those of a random subset. */
  readonly share?: number;
  /** Size of a perturbation: share of the image's range, of its side, or degrees. */
  readonly strength?: number;
}

/** A quality measure. */
export interface Measure extends MeasureFacts {
  /**
   * @returns the reading, in `range`
   * @throws InputError `not-estimable` where the map or the region leaves it undefined; `map-values` for a map that is not finite
   */
  readonly measure: (subject: MeasureSubject, settings: MeasureSettings) => number | Promise<number>;
}
