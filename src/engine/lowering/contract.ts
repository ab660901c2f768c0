import type { Node, GraphBuilder } from "../../graph/index.js";

/** Composite operators that the engine writes out in operators of the runtime. */
export type CompositeName =
  | "After"
  | "AfterReads"
  | "ConvInputGradient"
  | "ConvWeightGradient"
  | "ReluGradient"
  | "ClipGradient"
  | "MaxPoolGradient"
  | "AveragePoolGradient"
  | "ChannelSum"
  | "BatchNormTraining"
  | "BatchNormTrainingGradient";

/** One composite node while it is written out: `inputs` are values of the new graph. */
export interface LoweringContext {
  readonly builder: GraphBuilder;
  readonly node: Node;
  readonly inputs: readonly string[];
}

/** Emits what a composite means and returns one value per output. */
export type Lowering = (context: LoweringContext) => readonly string[];
