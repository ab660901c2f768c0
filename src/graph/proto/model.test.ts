import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { DataError, float32, OsteonError, UnsupportedError, viewOf } from "../../base/index.js";
import type { DataType, Tensor } from "../../base/index.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Graph, Model } from "../model.js";
import { opsetOf } from "../opsets.js";
import { assemble, lengthPrefix } from "./assemble.js";
import { decodeModel } from "./decode-model.js";
import { encodeModel } from "./encode-model.js";
import { ModelProtoSchema, TensorProtoSchema } from "./onnx_pb.js";
import { decodeTensor } from "./tensor.js";

const dtypes: DataType[] = [
  "float32",
  "float64",
  "float16",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "int64",
  "bool",
];

function modelOf(graph: Graph): Model {
  return { graph, opsets: opsetOf(graph), producer: "osteon", metadata: { labels: '["normal","øst"]' } };
}

function small(): Model {
  const builder = new GraphBuilder({ name: "small" });
  builder.input("x", "float32", ["N", 3, 8, 8]);
  const w = builder.initializer(
    "conv.weight",
    float32(
      [4, 3, 3, 3],
      Float32Array.from({ length: 108 }, (_, i) => i / 7),
    ),
  );
  const conv = builder.op("Conv", ["x", w], { auto_pad: "SAME_UPPER", strides: [2, 2] }, { name: "conv" });
  const [y] = builder.ops("Split", [builder.op("LeakyRelu", [conv], { alpha: 0.25 })], { axis: 1 }, { outputs: 2 });
  const zero = builder.op("ConstantOfShape", [builder.constant([1])], { value: float32([1], [2]) });
  builder.output(builder.op("Clip", [builder.op("Add", [y!, zero]), "", builder.constant(6)]), "map");
  return modelOf(builder.build());
}

function thrown(run: () => unknown): OsteonError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof OsteonError, String(error));
    return error;
  }
  return assert.fail("expected an error");
}

describe("a model survives the round trip", () => {
  test("with its graph, attributes, opsets and metadata", () => {
    const model = small();
    assert.deepEqual(decodeModel(encodeModel(model)), model);
  });

  test("byte for byte", () => {
    const bytes = encodeModel(small());
    assert.deepEqual(encodeModel(decodeModel(bytes)), bytes);
    assert.deepEqual(encodeModel(small()), bytes);
  });

  test("with tensors of every element type, empty and scalar ones too", () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.constantFrom(...dtypes),
        shapes,
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        (dtype, shape, stream) => {
          const count = shape.reduce((product, n) => product * n, 1);
          const bytes = Uint8Array.from({ length: 8 * count }, () => stream.next().value as number);
          const value: Tensor = { dtype, shape, data: viewOf(dtype, bytes.buffer, 0, count) };
          const builder = new GraphBuilder();
          builder.output(builder.initializer("t", value));
          const read = decodeModel(encodeModel(modelOf(builder.build()))).graph.initializers.get("t")!;
          assert.deepEqual({ ...read, data: [...read.data] }, { ...value, data: [...value.data] });
        },
      ),
    );
  });

  test("wherever its bytes lie in memory, also in a Buffer", () => {
    const model = small();
    const bytes = encodeModel(model);
    for (let shift = 0; shift < 8; shift++) {
      const moved = Buffer.alloc(bytes.length + shift)
        .fill(bytes, shift)
        .subarray(shift);
      assert.deepEqual(decodeModel(moved).graph.initializers, model.graph.initializers);
    }
  });

  test("with foreign operators and the types that the file states for them", () => {
    const builder = new GraphBuilder();
    builder.input("x", "float32", ["N", 4]);
    const types = new Map([["y", { dtype: "float32", shape: ["N", 9] } as const]]);
    builder.append(
      {
        name: "f",
        op: "Magic",
        domain: "org.example",
        inputs: ["x"],
        outputs: ["y"],
        attributes: { words: { kind: "strings", value: ["a", "ö"] } },
      },
      types,
    );
    builder.output(builder.op("Relu", ["y"]));
    const model = modelOf(builder.build());
    assert.deepEqual(decodeModel(encodeModel(model)), model);
    assert.equal(model.opsets["org.example"], 1);
  });
});

describe("tensors stored as lists are read", () => {
  // Values by ONNX's definition: small types share int32_data, float16 as its bits.
  const cases: [DataType, object, readonly (number | bigint)[]][] = [
    ["float32", { dataType: 1, floatData: [1.5, -2] }, [1.5, -2]],
    ["float64", { dataType: 11, doubleData: [1e300, 2] }, [1e300, 2]],
    ["int64", { dataType: 7, int64Data: [-1n, 2n ** 62n] }, [-1n, 2n ** 62n]],
    ["int32", { dataType: 6, int32Data: [-7, 8] }, [-7, 8]],
    ["int8", { dataType: 3, int32Data: [-7, 8] }, [-7, 8]],
    ["bool", { dataType: 9, int32Data: [1, 0] }, [1, 0]],
    ["float16", { dataType: 10, int32Data: [0x3c00, 0xc000] }, [0x3c00, 0xc000]],
  ];
  for (const [dtype, fields, values] of cases) {
    test(dtype, () => {
      const read = decodeTensor(create(TensorProtoSchema, { dims: [2n], ...fields }), "t");
      assert.deepEqual([read.dtype, [...read.data]], [dtype, values]);
    });
  }
});

describe("a file that is not right is refused", () => {
  const graphWith = (graph: object): Uint8Array =>
    toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, graph }));
  const scalar = { tensorType: { elemType: 1, shape: { dim: [] } } };

  const cases: [string, Uint8Array, new (...args: never[]) => OsteonError, RegExp][] = [
    ["nothing", new Uint8Array(), DataError, /without a graph/],
    ["text", new TextEncoder().encode("<!doctype html><html></html>"), DataError, /expected an ONNX model/],
    [
      "external data",
      graphWith({
        initializer: [
          {
            name: "w",
            dims: [1n],
            dataType: 1,
            dataLocation: 1,
            externalData: [{ key: "location", value: "/etc/passwd" }],
          },
        ],
      }),
      DataError,
      /w: .*in the model file/,
    ],
    [
      "too little data",
      graphWith({ initializer: [{ name: "w", dims: [3n], dataType: 1, rawData: new Uint8Array(8) }] }),
      DataError,
      /w: expected 3 elements.*got 2/,
    ],
    [
      "a huge tensor",
      graphWith({ initializer: [{ name: "w", dims: [2n ** 40n, 2n ** 40n], dataType: 1 }] }),
      DataError,
      /at most/,
    ],
    [
      "a negative extent",
      graphWith({ initializer: [{ name: "w", dims: [-1n], dataType: 1 }] }),
      DataError,
      /extents of 0 or more/,
    ],
    [
      "a list in the wrong field",
      graphWith({ initializer: [{ name: "w", dims: [1n], dataType: 1, int64Data: [1n] }] }),
      DataError,
      /got 0/,
    ],
    ["strings", graphWith({ initializer: [{ name: "w", dims: [0n], dataType: 8 }] }), UnsupportedError, /ONNX type 8/],
    [
      "two values of one name",
      graphWith({
        input: [
          { name: "x", type: scalar },
          { name: "x", type: scalar },
        ],
      }),
      DataError,
      /"x" twice/,
    ],
    [
      "a cycle",
      graphWith({
        node: [
          { opType: "Relu", input: ["a"], output: ["b"] },
          { opType: "Relu", input: ["b"], output: ["a"] },
        ],
      }),
      DataError,
      /"a"/,
    ],
    ["an output from nowhere", graphWith({ output: [{ name: "y", type: scalar }] }), DataError, /output y/],
    [
      "a graph in a graph",
      graphWith({ node: [{ opType: "If", attribute: [{ name: "then_branch", type: 5 }] }] }),
      UnsupportedError,
      /If_0: attribute then_branch/,
    ],
  ];
  for (const [what, bytes, type, text] of cases) {
    test(what, () => {
      const error = thrown(() => decodeModel(bytes));
      assert.ok(error instanceof type, error.name);
      assert.match(error.message, text);
    });
  }

  test("that unfolds to far more than its size", () => {
    // A million and one empty nodes of two bytes each; then a list of 16 million one-byte numbers.
    const nodes = Uint8Array.from({ length: 2 * 1_000_001 }, (_, i) => (i % 2 === 0 ? 0x0a : 0));
    const field = (number: number, payload: Uint8Array): Uint8Array =>
      assemble([lengthPrefix(number, payload.length), payload]);
    const before = process.memoryUsage().rss;
    assert.match(thrown(() => decodeModel(field(7, nodes))).message, /expected at most 30000 nodes/);
    const list = field(7, field(5, field(7, new Uint8Array(16_000_001))));
    assert.match(thrown(() => decodeModel(list)).message, /4000000 list elements/);
    assert.ok(process.memoryUsage().rss - before < 300e6);
  });

  const bytes = encodeModel(small());
  const survives = (damaged: Uint8Array): void => {
    try {
      decodeModel(damaged);
    } catch (error) {
      assert.ok(error instanceof DataError || error instanceof UnsupportedError, String(error));
    }
  };

  test("when it is cut off anywhere", () => {
    for (let length = 0; length < bytes.length; length++) survives(bytes.subarray(0, length));
  });

  test("when bytes are changed anywhere", () => {
    const edits = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(edits, (list) => {
        const damaged = bytes.slice();
        for (const [position, value] of list) damaged[position] = value;
        survives(damaged);
      }),
      { numRuns: 3000 },
    );
  });

  test("when it is noise", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 2000 });
  });

  test("when its lengths lie", () => {
    const length = fc.constantFrom(
      [0xff, 0xff, 0xff, 0xff, 0x07],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), length, (position, lie) => {
        survives(Uint8Array.from([...bytes.subarray(0, position), ...lie, ...bytes.subarray(position)]));
      }),
      { numRuns: 1000 },
    );
  });
});

const published = path.resolve("../shared/data/weights/mobilenet_v2-imagenet.onnx");
test("a network that PyTorch exported is read", { skip: existsSync(published) ? false : "shared data absent" }, () => {
  const model = decodeModel(readFileSync(published));
  assert.equal(model.producer, "pytorch");
  assert.deepEqual(
    model.graph.inputs.map(({ shape }) => shape.slice(1)),
    [[3, 224, 224]],
  );
  assert.deepEqual(
    model.graph.outputs.map(({ shape }) => shape),
    [["N", 1000]],
  );
  const parameters = [...model.graph.initializers.values()].reduce((sum, { data }) => sum + data.length, 0);
  // 3,504,872 parameters, less the batch norms that the export folded (a scale and a shift each become a bias).
  assert.ok(parameters > 3.4e6 && parameters < 3.6e6, String(parameters));
  assert.deepEqual(decodeModel(encodeModel(model)), model);
});
