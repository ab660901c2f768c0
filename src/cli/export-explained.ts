import path from "node:path";
import { UnsupportedError, InputError } from "../base/index.js";
import { explainedGraph, methods, type ExplainedGraphOptions } from "../explain/index.js";
import { addDistance, writeBundle } from "../models/index.js";
import type { Context, OptionValues } from "./contract.js";
import { describeTarget, readAsking, readMethods, readTarget } from "./explain-options.js";
import type { ExplainedModel } from "./open-explained-model.js";

/**
 * Writes a model and one method as one ONNX file: `input` -> `logits`, `probabilities`, `map`. It can be used as a model of Osteon.
 * @throws UnsupportedError `method-graph` for a method that asks many questions; InputError `one-method`
 */
export async function exportExplained(context: Context, { inside, labels, preprocessing, region, scope, name: model }: ExplainedModel, options: OptionValues): Promise<void> {
  const { names } = readMethods(options["methods"]);
  const [name] = names;
  if (names.length !== 1) throw new InputError("one-method", `--export: expected one method, got ${names.length}. Name one with --methods.`);
  if (inside === undefined) throw new UnsupportedError("needs-network", `${model}: expected a network to write out, got a model of which only predictions can be had. Export a classifier that is understood.`);
  const method = methods[name!];
  if (method.kind === "driven" && !("inGraph" in method)) {
    throw new UnsupportedError("method-graph", `--export, ${name}: expected a method that is one graph, got one that asks the model many questions. Choose another; those of one graph are listed in docs/reference/methods.md.`);
  }
  const { baseline, samples, seed, noise } = readAsking(options);
  if (baseline !== undefined && typeof baseline !== "number" && baseline !== "zero") throw new InputError("baseline", "--export, --baseline: expected zero or a number, got another. A graph has a constant baseline.");
  const target = readTarget(options, labels);
  const layer = typeof options["layer"] === "string" ? options["layer"].split(",").map((one) => one.trim()) : undefined;
  const explained = explainedGraph(inside.network, inside.weights, {
    method: name as NonNullable<ExplainedGraphOptions["method"]>,
    target,
    baseline: typeof baseline === "number" ? baseline : 0,
    ...(layer && { layer }),
    ...(samples !== undefined && { samples }),
    ...(seed !== undefined && { seed }),
    ...(noise !== undefined && { noise }),
  });
  const facts = scope?.told.distance;
  const graph = facts === undefined || scope?.fit === undefined ? explained : addDistance(explained, facts, scope.fit);
  const file = path.resolve(context.folder, options["export"] as string);
  const { architecture } = inside.network;
  await writeBundle(file, {
    graph,
    metadata: {
      version: 1,
      architecture: architecture === "" ? "imported" : architecture,
      labels: [...labels],
      preprocessing: { ...preprocessing, mean: [...preprocessing.mean], std: [...preprocessing.std] },
      camLayer: layer?.[0] ?? inside.network.camLayer,
      ...(region && { region: { ...region, detector: false } }),
      ...(scope && { scope: scope.told }),
      training: { explanation: name!, explained: describeTarget(target, labels, "the predicted class"), from: model, use: "Research only. Not a medical device." },
    },
  });
  const map = graph.outputs.find((output) => output.name === "map")!.shape;
  if (options["json"] === true) return context.out(JSON.stringify({ file, method: name, signed: method.signed, outputs: graph.outputs }, null, 2));
  context.out(`wrote ${file}: input [${graph.inputs[0]!.shape.join(", ")}] -> logits, probabilities, map [${map.join(", ")}] by ${method.title}, scaled to a largest size of 1`);
}
