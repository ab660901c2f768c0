import { bytesPerElement, int64, Memo, sizeOf, type Tensor } from "../../base/index.js";
import { GraphBuilder, inlineInto } from "../../graph/index.js";
import type { BatchSource } from "../batches.js";
import type { CaseSource } from "../source.js";
import type { StepGraph } from "../step-graph.js";

/** Bytes of features above which they are read batch by batch. */
const mostBytes = 2 ** 28;

const tableInput = "features/table";
const rowsInput = "features/rows";

/** Features of all training cases side by side. Steps look theirs up by number, so that none are copied from epoch to epoch. */
export interface FeatureTable {
  /** The step that reads numbers of rows in place of features. */
  readonly stepGraph: StepGraph;
  /** What every step reads. */
  readonly fixed: Readonly<Record<string, Tensor>>;
  /** Gives the numbers of rows as batches. */
  readonly source: BatchSource;
}

/** Folds of one size have one graph. */
const known = new Memo<StepGraph, StepGraph>();

/** The same step on rows of a table: [rows, ...] and int64 [N] in place of [N, ...]. */
function lookingUp(stepGraph: StepGraph, rows: number): StepGraph {
  const { graph, input, loss, logits, state } = stepGraph;
  const [batch = 1, ...shape] = input.shape;
  const builder = new GraphBuilder({ name: graph.name });
  builder.input(tableInput, "float32", [rows, ...shape]);
  builder.input(rowsInput, "int64", [batch]);
  const others = graph.inputs.filter(({ name }) => name !== input.name);
  const bind = Object.fromEntries(others.map(({ name, dtype, shape: own }) => [name, builder.input(name, dtype, own)]));
  const outputs = inlineInto(builder, graph, { prefix: "step/", bind: { ...bind, [input.name]: builder.op("Gather", [tableInput, rowsInput], { axis: 0 }) } });
  for (const name of [loss, logits, ...state.map(({ next }) => next)]) builder.output(outputs[name]!, name);
  return { ...stepGraph, graph: builder.build(), input: { name: rowsInput, shape: [batch] }, fixed: [...stepGraph.fixed, tableInput] };
}

/** Reads the features of cases that no augmentation changes; undefined where they are too many for memory. */
export async function readFeatureTable(source: CaseSource, cases: readonly number[], { stepGraph, signal }: { readonly stepGraph: StepGraph; readonly signal?: AbortSignal }): Promise<FeatureTable | undefined> {
  const rowSize = sizeOf(stepGraph.input.shape.slice(1));
  if (cases.length * rowSize * bytesPerElement("float32") > mostBytes) return undefined;
  const numbers = new Map(cases.map((index, row) => [index, row]));
  return {
    stepGraph: known.get(stepGraph, `${cases.length}`, () => lookingUp(stepGraph, cases.length)),
    fixed: { [tableInput]: await source.read(cases, { view: undefined, signal }) },
    source: { augmented: false, read: (indices) => Promise.resolve(int64([indices.length], indices.map((index) => numbers.get(index)!))) },
  };
}
