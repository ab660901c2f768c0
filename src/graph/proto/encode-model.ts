import { create, toBinary } from "@bufbuild/protobuf";
import { dataTypeCode } from "../data-type.js";
import type { Attribute, Model, Node, ValueInfo } from "../model.js";
import { AttributeProtoSchema, GraphProtoSchema, ModelProtoSchema, NodeProtoSchema, ValueInfoProtoSchema } from "./onnx_pb.js";
import type { AttributeProto } from "./onnx_pb.js";
import { encodeTensor } from "./tensor.js";

/** IR version that operator set 17 belongs to. */
const irVersion = 8n;

/** ONNX's numbers of attribute kinds. */
export const attributeCodes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const satisfies Record<Attribute["kind"], number>;

const text = new TextEncoder();

function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  const message = create(AttributeProtoSchema, { name, type: attributeCodes[attribute.kind] });
  switch (attribute.kind) {
    case "float": message.f = attribute.value; break;
    case "int": message.i = BigInt(attribute.value); break;
    case "string": message.s = text.encode(attribute.value); break;
    case "tensor": message.t = encodeTensor("", attribute.value); break;
    case "floats": message.floats = [...attribute.value]; break;
    case "ints": message.ints = attribute.value.map(BigInt); break;
    case "strings": message.strings = attribute.value.map((item) => text.encode(item)); break;
  }
  return message;
}

function encodeValue({ name, dtype, shape }: ValueInfo) {
  const dim = shape.map((extent) => ({ value: typeof extent === "number" ? ({ case: "dimValue", value: BigInt(extent) } as const) : ({ case: "dimParam", value: extent } as const) }));
  return create(ValueInfoProtoSchema, { name, type: { tensorType: { elemType: dataTypeCode(dtype), shape: { dim } } } });
}

function encodeNode({ name, op, domain, inputs, outputs, attributes }: Node) {
  const attribute = Object.keys(attributes).sort().map((key) => encodeAttribute(key, attributes[key]!));
  return create(NodeProtoSchema, { name, opType: op, domain, input: [...inputs], output: [...outputs], attribute });
}

/** An ONNX file. The same model gives the same bytes. */
export function encodeModel({ graph, opsets, producer, metadata }: Model): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      producerName: producer,
      opsetImport: Object.keys(opsets).sort().map((domain) => ({ domain, version: BigInt(opsets[domain]!) })),
      metadataProps: Object.keys(metadata).sort().map((key) => ({ key, value: metadata[key]! })),
      graph: create(GraphProtoSchema, {
        name: graph.name,
        node: graph.nodes.map(encodeNode),
        initializer: [...graph.initializers].map(([name, value]) => encodeTensor(name, value)),
        input: graph.inputs.map(encodeValue),
        output: graph.outputs.map(encodeValue),
      }),
    }),
  );
}
