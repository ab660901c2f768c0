import type { GraphBuilder } from "../../graph/index.js";

/** What a class-activation method is given, as names of values in the graph it adds to. */
export interface CamValues {
  /** Output of the target layer, [N, C, h, w]. */
  readonly activations: string;
  /** Gradient of the target's score with respect to it, [N, C, h, w]. */
  readonly gradients: string;
}

/** A class-activation method: one decision, how activations and gradients become a map. */
export interface CamMethod {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Whether negative evidence is kept. */
  readonly signed: boolean;
  /**
   * Adds the method's nodes.
   * @returns name of the map, [N, h, w], not yet scaled; >= 0 where the method is not signed
   */
  readonly map: (builder: GraphBuilder, values: CamValues) => string;
}
