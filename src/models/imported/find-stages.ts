import type { Graph } from "../../graph/index.js";

/** A part of an imported network, closed by a value that everything behind it depends on. */
export interface FoundStage {
  readonly name: string;
  readonly output: string;
  readonly parameters: readonly string[];
}

/**
 * Divides a network where one value alone carries everything on: cut there, the front can be frozen and its result kept.
 * Every stage but the last holds at least one weight; the last is the classifier.
 * @param parameters names of what is trained
 * @param classifier name of the classifier's node
 */
export function findStages(graph: Graph, parameters: ReadonlySet<string>, classifier: string): FoundStage[] {
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, i) => node.inputs.forEach((name) => lastUse.set(name, i)));
  const computed = new Set(["input"]);
  const live = new Set(["input"]);
  const stages: FoundStage[] = [];
  let names: string[] = [];
  let cut = "input";
  const start = graph.nodes.findIndex(({ name }) => name === classifier);
  graph.nodes.forEach((node, i) => {
    if (i === start) {
      stages.push({ name: `stage-${stages.length + 1}`, output: cut, parameters: names });
      names = [];
    }
    for (const name of node.inputs) if (parameters.has(name) && !stages.some((stage) => stage.parameters.includes(name)) && !names.includes(name)) names.push(name);
    for (const name of node.inputs) if (lastUse.get(name) === i) live.delete(name);
    const depends = node.inputs.some((name) => computed.has(name));
    for (const output of node.outputs) {
      if (output === "" || !depends) continue;
      computed.add(output);
      if (lastUse.has(output)) live.add(output);
    }
    if (i >= start || live.size !== 1 || !depends) return;
    [cut] = live as unknown as [string];
    const next = graph.nodes[i + 1];
    const hasWeights = next?.inputs.some((name) => parameters.has(name)) === true || node.outputs.some((output) => graph.nodes.filter(({ inputs }) => inputs.includes(output)).length > 1);
    if (names.length === 0 || !hasWeights || i + 1 === start) return;
    stages.push({ name: `stage-${stages.length + 1}`, output: cut, parameters: names });
    names = [];
  });
  stages.push({ name: "classifier", output: graph.outputs[0]!.name, parameters: names });
  return stages.filter(({ parameters: own }, i) => own.length > 0 || i >= stages.length - 2);
}
