import type { BlockedRule } from "./contract.js";
import { conv, convInputGradient } from "./conv.js";
import { binary, clip, clipGradient, relu, reluGradient, unary, unaryNames } from "./elementwise.js";
import { batchNormalization, batchNormTraining, batchNormTrainingGradient, channelSum } from "./norm.js";
import { averagePool, averagePoolGradient, globalAveragePool, maxPool } from "./pool.js";
import { reduceMean, reduceSum } from "./reduce.js";
import { after, concat, expand, slice } from "./shape.js";
import { convWeightGradient } from "./weight-gradient.js";

/** What the blocked layout can serve, by operator. Everything else is written plain, between reorders. */
export const blockedRules: ReadonlyMap<string, BlockedRule> = new Map<string, BlockedRule>([
  ["Conv", conv],
  ["ConvInputGradient", convInputGradient],
  ["ConvWeightGradient", convWeightGradient],
  ["Relu", relu],
  ["Clip", clip],
  ["ReluGradient", reluGradient],
  ["ClipGradient", clipGradient],
  ["ChannelSum", channelSum],
  ["BatchNormalization", batchNormalization],
  ["BatchNormTraining", batchNormTraining],
  ["BatchNormTrainingGradient", batchNormTrainingGradient],
  ["MaxPool", maxPool],
  ["AveragePool", averagePool],
  ["AveragePoolGradient", averagePoolGradient],
  ["GlobalAveragePool", globalAveragePool],
  ["ReduceMean", reduceMean],
  ["ReduceSum", reduceSum],
  ["After", after],
  ["Concat", concat],
  ["Slice", slice],
  ["Expand", expand],
  ...["Add", "Sub", "Mul", "Div", "Max", "Min"].map((op) => [op, binary] as const),
  ...unaryNames.map((op) => [op, unary] as const),
]);
