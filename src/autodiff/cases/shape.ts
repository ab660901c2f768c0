import { int64 } from "../../base/index.js";
import type { GraphBuilder } from "../../graph/index.js";
import type { CaseInputs, GradientCase, GradientCases } from "./contract.js";

/** An expression linear in all its inputs, most often in x alone. */
function linear(build: (b: GraphBuilder, x: CaseInputs) => string, names = ["x"], batch = names): GradientCase {
  return { build, linear: names, batch };
}

function sliced(starts: number[], ends: number[], axes: number[], steps?: number[]): GradientCase {
  const lists = steps ? [starts, ends, axes, steps] : [starts, ends, axes];
  return linear((b, x) => b.op("Slice", [x["x"]!, ...lists.map((list) => b.constant(list))]));
}

function padded(pads: number[], batch: string[] = ["x"]): GradientCase {
  return linear((b, x) => b.op("Pad", [x["x"]!, b.constant(pads)]), ["x"], batch);
}

export const shapeCases: GradientCases = {
  reshape: linear((b, x) => b.op("Reshape", [x["x"]!, b.constant([0, -1])])),
  flatten: linear((b, x) => b.op("Flatten", [x["x"]!])),
  squeeze: linear((b, x) => b.op("Squeeze", [x["x"]!, b.constant([1])])),
  unsqueeze: linear((b, x) => b.op("Unsqueeze", [x["x"]!, b.constant([1, -1])])),
  transpose: linear((b, x) => b.op("Transpose", [x["x"]!], { perm: [2, 0, 1] })),
  "transpose reversed": linear((b, x) => b.op("Transpose", [x["x"]!])),
  concat: linear((b, x) => b.op("Concat", [x["a"]!, x["b"]!, x["c"]!], { axis: 1 }), ["a", "b", "c"]),
  "concat of one input twice": linear((b, x) => b.op("Concat", [x["a"]!, x["a"]!], { axis: -1 }), ["a"]),
  "split with an unused part": linear((b, x) => {
    const parts = b.ops("Split", [x["x"]!, b.constant([1, 2, 3])], { axis: 1 }, { outputs: 3 });
    const total = (part: string) => b.op("ReduceSum", [part, b.constant([1])], { keepdims: 0 });
    return b.op("Add", [total(parts[0]!), total(parts[2]!)]);
  }),
  slice: sliced([1, -3], [3, -1], [1, 2]),
  "slice with step 2": sliced([1, 0], [2 ** 31 - 1, 4], [1, -1], [2, 3]),
  "slice backwards": sliced([-1], [0], [1], [-2]),
  "pad unevenly": padded([0, 0, 1, 0, 2, 0]),
  "pad with a given number": linear(
    (b, x) => b.op("Pad", [x["x"]!, b.constant([0, 1, 0, 2]), x["fill"]!]),
    ["x", "fill"],
    ["x"],
  ),
  "pad that crops": padded([0, 1, -1, 0, -1, 2]),
  expand: linear((b, x) => b.op("Expand", [x["x"]!, b.constant([2, 3, 4])]), ["x"], []),
  tile: linear((b, x) => b.op("Tile", [x["x"]!, b.constant([1, 2, 3])])),
  "gather rows with repeats": linear(
    (b, x) => b.op("Gather", [x["x"]!, b.constant(int64([2, 2], [0, 2, 2, 1]))], { axis: 0 }),
  ),
  "gather along a later axis": linear((b, x) => b.op("Gather", [x["x"]!, b.constant([2, 0, 2, -1])], { axis: 2 - 1 })),
  "gather one": linear((b, x) => b.op("Gather", [x["x"]!, b.constant(int64([], [1]))], { axis: 1 })),
  "gather elements": linear(
    (b, x) => b.op("GatherElements", [x["x"]!, b.constant(int64([2, 2], [2, 2, 0, 1]))], { axis: 1 }),
    ["x"],
    [],
  ),
  "scatter elements": linear(
    (b, x) => b.op("ScatterElements", [x["x"]!, b.constant(int64([2, 2], [2, 0, 0, 1])), x["u"]!], { axis: 1 }),
    ["x", "u"],
    [],
  ),
  "scatter elements adding": linear(
    (b, x) => {
      const indices = b.constant(int64([2, 2], [2, 2, 0, 1]));
      return b.op("ScatterElements", [x["x"]!, indices, x["u"]!], { axis: -1, reduction: "add" });
    },
    ["x", "u"],
    [],
  ),
};
