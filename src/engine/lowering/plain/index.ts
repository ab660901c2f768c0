import type { Device } from "../../options.js";
import type { CompositeName, Lowering } from "../contract.js";
import { after, afterReads } from "./after.js";
import { clipGradient, reluGradient } from "./activation.js";
import { convInputGradient, convInputGradientOfConstants, convWeightGradient } from "./conv.js";
import { logSoftmax } from "./log-softmax.js";
import { batchNormTraining, batchNormTrainingGradient, channelSum } from "./norm.js";
import { averagePoolGradient, maxPoolGradient, maxPoolGradientByIndex } from "./pool.js";

/** Forms that only some devices have, before the general ones. */
export const cpuLowerings = {
  ConvInputGradient: convInputGradientOfConstants,
  MaxPoolGradient: maxPoolGradientByIndex,
} as const satisfies Partial<Record<CompositeName, Lowering>>;

/** ONNX's own operators that a device lacks, written in those it has. */
export const absentOperators: Readonly<Partial<Record<Device, Readonly<Record<string, Lowering>>>>> = {
  webgpu: { LogSoftmax: logSoftmax },
};

/** The form of every composite in ONNX's own operators: any device, any element type, any batch. */
export const plainLowerings = {
  After: after,
  AfterReads: afterReads,
  ConvInputGradient: convInputGradient,
  ConvWeightGradient: convWeightGradient,
  ReluGradient: reluGradient,
  ClipGradient: clipGradient,
  MaxPoolGradient: maxPoolGradient,
  AveragePoolGradient: averagePoolGradient,
  ChannelSum: channelSum,
  BatchNormTraining: batchNormTraining,
  BatchNormTrainingGradient: batchNormTrainingGradient,
} as const satisfies Record<CompositeName, Lowering>;
