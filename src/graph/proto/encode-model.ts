import { create, toBinary } from "@bufbuild/protobuf";
import { UnsupportedError } from "../../base/index.js";
import { dataTypeCode } from "../data-type.js";
import type { Attribute, Graph, Model, Node, ValueInfo } from "../model.js";
import { operatorOf } from "../operators/index.js";
import { validateGraph } from "../validate-graph.js";
import { assemble, lengthPrefix } from "./assemble.js";
import type { Part } from "./assemble.js";
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./onnx_pb.js";
import type { AttributeProto, NodeProto, ValueInfoProto } from "./onnx_pb.js";
import { rawBytes, tensorHeader } from "./tensor.js";

/** IR version that operator set 17 belongs to. */
const irVersion = 8n;

/** Protobuf messages end below 2 GiB. */
const maxBytes = 2 ** 31 - 1;

/** Field numbers of what is assembled by hand, so that weights are copied once. */
const fields = { modelGraph: 7, graphInitializer: 5, tensorRawData: 9 };

/** ONNX's numbers of attribute kinds. */
export const attributeCodes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
} as const satisfies Record<Attribute["kind"], number>;

const text = new TextEncoder();

/** Numbers past 2^53 stand for "to the end" (the largest int64 is no JavaScript number). */
function int64Of(value: number): bigint {
  return BigInt.asIntN(64, value >= 2 ** 63 ? 2n ** 63n - 1n : value < -(2 ** 63) ? -(2n ** 63n) : BigInt(value));
}

function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  const message = create(AttributeProtoSchema, { name, type: attributeCodes[attribute.kind] });
  switch (attribute.kind) {
    case "float":
      message.f = attribute.value;
      break;
    case "int":
      message.i = int64Of(attribute.value);
      break;
    case "string":
      message.s = text.encode(attribute.value);
      break;
    case "tensor":
      message.t = { ...tensorHeader("", attribute.value), rawData: rawBytes(attribute.value) };
      break;
    case "floats":
      message.floats = [...attribute.value];
      break;
    case "ints":
      message.ints = attribute.value.map(int64Of);
      break;
    case "strings":
      message.strings = attribute.value.map((item) => text.encode(item));
      break;
  }
  return message;
}

function encodeValue({ name, dtype, shape }: ValueInfo): ValueInfoProto {
  const dim = shape.map((extent) => ({
    value:
      typeof extent === "number"
        ? ({ case: "dimValue", value: BigInt(extent) } as const)
        : ({ case: "dimParam", value: extent } as const),
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { tensorType: { elemType: dataTypeCode(dtype), shape: { dim } } },
  });
}

function encodeNode({ name, op, domain, inputs, outputs, attributes }: Node): NodeProto {
  const attribute = Object.keys(attributes)
    .sort()
    .map((key) => encodeAttribute(key, attributes[key]!));
  return create(NodeProtoSchema, { name, opType: op, domain, input: [...inputs], output: [...outputs], attribute });
}

/** Types that a reader cannot infer: outputs of operators that are not on the shelf. */
function foreignValues(graph: Graph): ValueInfo[] {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  return graph.nodes
    .filter((node) => operatorOf(node) === undefined)
    .flatMap((node) => node.outputs)
    .flatMap((name) => (outputs.has(name) ? [] : (graph.values.get(name) ?? [])));
}

function initializerParts(graph: Graph): Part[] {
  return [...graph.initializers].flatMap(([name, value]) => {
    const header = toBinary(TensorProtoSchema, tensorHeader(name, value));
    const bytes = rawBytes(value);
    const data = bytes.length === 0 ? [] : [lengthPrefix(fields.tensorRawData, bytes.length), bytes];
    const size = [header, ...data].reduce((sum, part) => sum + part.length, 0);
    return [lengthPrefix(fields.graphInitializer, size), header, ...data];
  });
}

/**
 * An ONNX file. The same model gives the same bytes; weights are copied once, into the result.
 * @throws InternalError `invalid-graph`; UnsupportedError `model-size` at 2 GiB
 */
export function encodeModel({ graph, opsets, producer, metadata }: Model): Uint8Array {
  validateGraph(graph);
  const head = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      producerName: producer,
      opsetImport: Object.keys(opsets)
        .sort()
        .map((domain) => ({ domain, version: BigInt(opsets[domain]!) })),
      metadataProps: Object.keys(metadata)
        .sort()
        .map((key) => ({ key, value: metadata[key]! })),
    }),
  );
  const body = toBinary(
    GraphProtoSchema,
    create(GraphProtoSchema, {
      name: graph.name,
      node: graph.nodes.map(encodeNode),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
      valueInfo: foreignValues(graph).map(encodeValue),
    }),
  );
  const parts = [body, ...initializerParts(graph)];
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  if (head.length + size > maxBytes) {
    throw new UnsupportedError(
      "model-size",
      `${graph.name}: expected a model below 2 GiB, got ${size} bytes. Use a smaller network.`,
    );
  }
  return assemble([head, lengthPrefix(fields.modelGraph, size), ...parts]);
}
