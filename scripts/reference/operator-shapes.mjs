// Types and shapes that ONNX Runtime really gives for single operators: test/fixtures/graph/operator-shapes.json.
// Usage: npm run build && node scripts/reference/operator-shapes.mjs [folder of the compiled sources]
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import ort from "onnxruntime-node";

const compiled = path.resolve(process.argv[2] ?? "dist");
const { dataTypeCode, encodeModel, opsetOf, operators } = await import(path.join(compiled, "graph/index.js"));
const { seededRandom, sizeOf, zeros, int64, float32 } = await import(path.join(compiled, "base/index.js"));

const batch = 3; // what "N" is when a case is run
const random = seededRandom("operator-shapes");
const cases = [];
const add = (op, inputs, attributes = {}, outputs = 1) => cases.push({ op, inputs, attributes, outputs });
const ints = (...values) => ({ ints: values }); // a constant vector
const int = (value) => ({ int: value }); // a constant scalar
const typed = (dtype, ...shape) => ({ dtype, shape });

for (const op of ["Add", "Sub", "Mul", "Div", "Pow", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal"]) {
  add(op, [["N", 4, 1], [5]]);
  add(op, [[], ["N", 2]]);
}
for (const op of ["Max", "Min", "Sum"]) add(op, [["N", 4, 1], [5], [1, 1, 1]]);
add("Mod", [["N", 3], [3]], { fmod: 1 });
for (const op of ["And", "Or"]) add(op, [typed("bool", "N", 1), typed("bool", 4)]);
add("Not", [typed("bool", "N", 2)]);
for (const op of ["Neg", "Abs", "Sign", "Exp", "Log", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Sin", "Cos", "Erf", "IsNaN", "IsInf", "Identity", "Relu", "LeakyRelu", "Elu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus", "Gelu", "QuickGelu", "Clip", "Dropout", "Softmax", "LogSoftmax"]) {
  add(op, [["N", 3]]);
}
add("Where", [typed("bool", "N", 1), [4], [1]]);
add("Cast", [["N", 3]], { to: dataTypeCode("int64") });
add("Dropout", [["N", 3]], {}, 2);
for (const [keepdims, axes] of [[0, [1]], [1, [0, 2]], [0, [-1, 0]]]) {
  add("ReduceSum", [["N", 4, 5], ints(...axes)], { keepdims });
  for (const op of ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"]) add(op, [["N", 4, 5]], { keepdims, axes });
}
add("ReduceSum", [["N", 4]]);
add("ReduceSum", [["N", 4], ints()], { noop_with_empty_axes: 1 });
for (const op of ["ArgMax", "ArgMin"]) for (const keepdims of [0, 1]) add(op, [["N", 4, 5]], { axis: -2, keepdims });
for (const op of ["MatMul", "FusedMatMul"]) {
  for (const [a, b] of [[["N", 4], [4, 5]], [["N", 2, 4], [4, 5]], [["N", 1, 3, 4], [6, 4, 2]], [["N", 4], [4]], [[4], [2, 4, 3]]]) add(op, [a, b]);
}
add("FusedMatMul", [["N", 4, 3], ["N", 5, 4]], { transA: 1, transB: 1 });
add("Gemm", [["N", 4], [5, 4], [5]], { transB: 1 });
add("Gemm", [[4, "N"], [4, 5], [1, 5]], { transA: 1 });

const pick = (...values) => random.pick(values);
const listOf = (count, ...values) => Array.from({ length: count }, () => random.pick(values));
const windowOf = (axes) => {
  const auto_pad = pick("NOTSET", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID");
  const kernel = listOf(axes, 1, 2, 3);
  // Padding stays below the kernel: the runtime refuses more in pools.
  const pads = [...kernel, ...kernel].map((extent) => random.integer(Math.min(2, extent)));
  return { kernel, attributes: { auto_pad, strides: listOf(axes, 1, 2, 3), ...(auto_pad === "NOTSET" && { pads }) } };
};
for (let i = 0; i < 48; i++) {
  const axes = pick(1, 2, 2, 2);
  const extents = Array.from({ length: axes }, () => 7 + random.integer(7));
  const group = pick(1, 1, 2);
  const { kernel, attributes } = windowOf(axes);
  const dilations = attributes.auto_pad.startsWith("SAME") ? listOf(axes, 1) : listOf(axes, 1, 1, 2);
  add("Conv", [["N", 4, ...extents], [6, 4 / group, ...kernel], ...(i % 2 ? [[6]] : [])], { ...attributes, dilations, group });
  if (i < 6) add("FusedConv", [["N", 4, ...extents], [6, 4 / group, ...kernel]], { ...attributes, dilations, group, activation: "Relu" });
  const padding = attributes.strides.map((stride) => (attributes.auto_pad === "NOTSET" ? random.integer(stride) : 0));
  add("ConvTranspose", [["N", 4, ...extents], [4, 3, ...kernel]], { ...attributes, dilations, group, ...(i % 2 && { output_padding: padding }) });
  const ceil_mode = attributes.auto_pad === "NOTSET" ? pick(0, 1, 1) : 0;
  add("MaxPool", [["N", 2, ...extents]], { ...attributes, dilations, ceil_mode, kernel_shape: kernel }, pick(1, 2));
  add("AveragePool", [["N", 2, ...extents]], { ...attributes, ceil_mode, count_include_pad: pick(0, 1), kernel_shape: kernel });
}
add("ConvTranspose", [["N", 4, 5, 5], [4, 3, 3, 3]], { strides: [2, 2], output_shape: [10, 10] });
for (const op of ["GlobalAveragePool", "GlobalMaxPool"]) add(op, [["N", 3, 5, 4]]);
add("BatchNormalization", [["N", 3, 5, 4], [3], [3], [3], [3]]);
add("LayerNormalization", [["N", 3, 5], [5], [5]], { axis: -1 }, 3);
add("LayerNormalization", [["N", 3, 5], [3, 5]], { axis: 1 }, 3);

for (const target of [[0, -1], [-1, 24], [0, 0, 2, 2], [-1, 4], [-1]]) add("Reshape", [["N", 6, 4], ints(...target)]);
for (const axis of [0, 1, -1, 3]) add("Flatten", [["N", 6, 4]], { axis });
add("Transpose", [["N", 6, 4]]);
add("Transpose", [["N", 6, 4]], { perm: [1, 0, 2] });
add("Squeeze", [["N", 1, 4, 1], ints(1, -1)]);
add("Unsqueeze", [["N", 4], ints(0, -1)]);
add("Concat", [["N", 4], ["N", 3]], { axis: -1 });
add("Concat", [["N", 4], ["N", 4], [2, 4]], { axis: 0 });
add("Split", [["N", 6], ints(1, 2, 3)], { axis: 1 }, 3);
add("Split", [["N", 6]], { axis: -1 }, 2);
add("Expand", [["N", 1, 4], ints(5, 1)]);
add("Expand", [[1, 4], ints(2, 3, 1, 1)]);
add("Tile", [["N", 4], ints(2, 3)]);
add("Pad", [["N", 4, 5], ints(0, 1, -2, 0, 2, 1)]);
for (const [start, end, step] of [[0, 5, 1], [-3, 2 ** 31 - 1, 1], [1, 100, 2], [5, 2, -1], [-1, -(2 ** 31), -1], [-1, -100, -2], [4, 4, 1], [9, 0, -4]]) {
  add("Slice", [["N", 7, 2], ints(start), ints(end), ints(1), ints(step)]);
}
add("Slice", [["N", 7], ints(0, 2), ints(2 ** 31 - 1, -1)]);
add("Gather", [["N", 7, 2], { ints: [0, -1, 3] }], { axis: 1 });
add("Gather", [["N", 7, 2], int(2)], { axis: -2 });
add("GatherElements", [["N", 4], typed("int64", "N", 2)], { axis: 1 });
add("ScatterElements", [["N", 4], typed("int64", "N", 2), ["N", 2]], { axis: 1, reduction: "add" });
add("ScatterND", [[5, 4], typed("int64", 3, 1), [3, 4]]);
add("OneHot", [typed("int64", "N"), int(6), [2]]);
add("OneHot", [typed("int64", "N", 2), int(6), [2]], { axis: 0 });
add("Shape", [["N", 7, 2]]);
add("Shape", [["N", 7, 2]], { start: -2, end: -1 });
add("Size", [["N", 7, 2]]);
add("Constant", [], { value_ints: [1, 2, 3] });
add("ConstantOfShape", [ints(2, 3)]);
add("Range", [int(1), int(10), int(4)]);
add("Range", [int(5), int(-6), int(-2)]);
add("Resize", [["N", 2, 3, 4], null, null, ints(2, 2, 6, 5)].map((input) => (input?.ints ? ints(batch, 2, 6, 5) : input)), { mode: "linear" });
add("Resize", [["N", 2, 3, 4], null, { floats: [1, 1, 2, 1.6] }]);
for (const op of ["nchwc.MaxPool", "nchwc.AveragePool"]) add(op, [["N", 16, 9, 8]], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
add("nchwc.GlobalAveragePool", [["N", 16, 9, 8]]);
add("nchwc.Conv", [["N", 16, 9, 8], [32, 16, 3, 3], [32]], { strides: [2, 2], pads: [1, 1, 1, 1], activation: "Relu" });
add("nchwc.ReorderInput", [["N", 16, 9, 8]]);
add("nchwc.ReorderInput", [["N", 9, 8, 16]], { channels_last: 1 });
add("nchwc.ReorderOutput", [["N", 16, 9, 8]], { channels: 16 });
add("nchwc.ReorderOutput", [["N", 16, 9, 8]], { channels: 13, channels_last: 1 });

const constantOf = (input) => {
  if (input.ints) return int64([input.ints.length], input.ints);
  if (input.floats) return float32([input.floats.length], input.floats);
  return input.int === undefined ? undefined : int64([], [input.int]);
};

async function run({ op, inputs, attributes, outputs }) {
  const schema = operators[op];
  const graph = { name: "case", inputs: [], outputs: [], initializers: new Map(), nodes: [], values: new Map() };
  const feeds = {};
  const names = inputs.map((input, i) => {
    if (input === null) return "";
    const name = `x${i}`;
    const constant = constantOf(input);
    if (constant) return graph.initializers.set(name, constant) && name;
    const { dtype, shape } = Array.isArray(input) ? typed("float32", ...input) : input;
    graph.inputs.push({ name, dtype, shape });
    const extents = shape.map((dim) => (dim === "N" ? batch : dim));
    const { data } = zeros(dtype, extents);
    if (dtype === "float32") for (let k = 0; k < sizeOf(extents); k++) data[k] = 0.1 + 0.8 * random.uniform();
    feeds[name] = new ort.Tensor(dtype, data, extents);
    return name;
  });
  const kinds = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { kind: schema.attributes[name].kind, value }]));
  const outputNames = Array.from({ length: outputs }, (_, i) => `y${i}`);
  graph.nodes.push({ name: "node", op: schema.op ?? op, domain: schema.domain, inputs: names, outputs: outputNames, attributes: kinds });
  // The types are not known yet: the runtime accepts the true ones only.
  let refusal;
  for (const first of ["float32", "int64", "bool"]) {
    for (const second of ["float32", "int64", "bool"]) {
      graph.outputs = outputNames.map((name, i) => ({ name, dtype: i === 1 ? second : first, shape: ["a"] }));
      try {
        const bytes = encodeModel({ graph, opsets: opsetOf(graph), producer: "", metadata: {} });
        const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
        const results = await session.run(feeds);
        return outputNames.map((name) => ({ dtype: results[name].type, shape: [...results[name].dims] }));
      } catch (error) {
        if (!/[Tt]ype/.test(error.message) || refusal === undefined) refusal = error;
      }
    }
  }
  throw new Error(`${op} ${JSON.stringify({ inputs, attributes })}: ${refusal.message}`);
}

const rows = [];
let refused = 0;
for (const item of cases) {
  try {
    rows.push({ ...item, expected: await run(item) });
  } catch (error) {
    refused++;
    console.error(error.message.slice(0, 400));
  }
}
const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json");
const header = { reference: `onnxruntime-node ${version}`, script: "scripts/reference/operator-shapes.mjs", batch };
const body = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
await writeFile("test/fixtures/graph/operator-shapes.json", `${JSON.stringify(header).slice(0, -1)},\n  "cases": [\n${body}\n  ]\n}\n`);
console.log(`${rows.length} cases, ${refused} refused by the runtime`);
