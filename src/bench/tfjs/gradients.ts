import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";
import * as tf from "@tensorflow/tfjs-core";
import { buildSync } from "esbuild";
import { UnsupportedError } from "../../base/index.js";
import type { Graph } from "../../graph/index.js";
import { isDepthwise } from "./operators.js";

/**
 * Makes tfjs's gradients known to it. The package for Node leaves them out, and where they are they are no modules that Node could load; a
 * bundle of them finds the tfjs that is there, which keeps its state in the global object.
 */
export function registerGradients(): void {
  if (tf.getGradient("Relu") !== undefined) return;
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-core/dist/register_all_gradients");
  const { outputFiles } = buildSync({ entryPoints: [entry], bundle: true, format: "iife", platform: "node", write: false, logLevel: "error" });
  runInThisContext(outputFiles[0]!.text);
}

/** Kernels that the gradients of a graph's convolutions take. Those of all else are made of operators that every backend has. */
export function gradientKernels({ nodes }: Graph): string[] {
  const ofOne = nodes.filter(({ op }) => op === "Conv").map((node) => (isDepthwise(node) ? "DepthwiseConv2dNativeBackprop" : "Conv2DBackprop"));
  return [...new Set(ofOne)].flatMap((kernel) => [`${kernel}Filter`, `${kernel}Input`]);
}

/** @throws UnsupportedError `tfjs-gradient` where the backend lacks some */
export function requireKernels(kernels: readonly string[], backend = tf.getBackend()): void {
  const lacking = kernels.filter((kernel) => tf.getKernel(kernel, backend) === undefined);
  if (lacking.length > 0) throw new UnsupportedError("tfjs-gradient", `cannot train: the ${backend} backend has no kernel ${lacking.join(", ")}`);
}
