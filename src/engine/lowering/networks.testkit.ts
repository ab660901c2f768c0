import assert from "node:assert/strict";
import { differentiate } from "../../autodiff/index.js";
import { interpret } from "../../autodiff/reference/index.js";
import { seededRandom, type Tensor } from "../../base/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName } from "../../models/index.js";
import { probe } from "../probe.js";
import { createSession } from "../session.js";
import { deviations, randomTensor } from "./lowering.testkit.js";

const { block } = await probe();

const layouts = block === undefined ? (["plain"] as const) : (["plain", "blocked"] as const);

/** All gradients of a network, in every layout, against the float64 interpreter. */
export async function checkGradients(name: ArchitectureName): Promise<void> {
  const network = buildNetwork(name, { classes: 3, inputSize: 32, batch: 2, dropout: 0 });
  const builder = GraphBuilder.from(network.graph);
  const loss = builder.op("ReduceSum", [builder.op("Mul", ["logits", "logits"])], { keepdims: 0 });
  builder.output(loss);
  const trained = network.parameters.filter(({ role }) => !role.startsWith("running")).map((parameter) => parameter.name);
  const { graph, gradients } = differentiate(builder.build(), loss, trained);
  const whole = GraphBuilder.from(graph);
  for (const parameter of trained) whole.output(gradients[parameter]!, `d_${parameter}`);
  const example = {
    graph: whole.build(),
    feeds: { ...Object.fromEntries(initializeWeights(network, seededRandom(3))), input: randomTensor("image", [2, 3, 32, 32]) } as Record<string, Tensor>,
  };
  const expected = interpret(example.graph, example.feeds);
  for (const layout of layouts) {
    const session = await createSession(example.graph, { layout });
    const results = await session.run(example.feeds);
    await session.release();
    const worst = Object.entries(deviations(example, results, expected)).reduce((a, b) => (b[1] > a[1] ? b : a));
    assert.ok(worst[1] < 1e-3, `${layout}: ${worst[0]} deviates by ${worst[1]}`);
  }
}
