import type { GraphBuilder } from "../../graph/index.js";

/** The inputs of a case by name, as names of values. */
export type CaseInputs = Readonly<Record<string, string>>;

/**
 * An expression whose gradients are tested. Its inputs, output and gradients by PyTorch are stored under the same
 * name in test/fixtures/autodiff; a case that PyTorch has no word for brings its own inputs.
 */
export interface GradientCase {
  /** Writes the expression and returns its value. */
  readonly build: (b: GraphBuilder, x: CaseInputs) => string;
  /** Stands on a tie or a kink, where central differences say nothing: the stored values decide. */
  readonly kink?: true;
  /** Inputs in which the expression is linear or affine while the others stand still: the adjoint law holds exactly. */
  readonly linear?: readonly string[];
  /** Inputs whose first axis may be symbolic; the gradients must be the same numbers. */
  readonly batch?: readonly string[];
  /** Inputs of a case without stored values: shapes filled with seeded numbers. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
}

/** The cases of one family by name. */
export type GradientCases = Readonly<Record<string, GradientCase>>;
