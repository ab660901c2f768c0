import { fromBinary } from "@bufbuild/protobuf";
import { DataError, OsteonError, UnsupportedError } from "../../base/index.js";
import { dataTypeOf, findDataType } from "../data-type.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Attribute, Dim, Graph, Model, Node, ValueInfo } from "../model.js";
import { checkWire } from "./check-wire.js";
import { attributeCodes } from "./encode-model.js";
import { ModelProtoSchema } from "./onnx_pb.js";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto } from "./onnx_pb.js";
import { decodeTensor } from "./tensor.js";

const kinds = new Map<number, Attribute["kind"]>(
  Object.entries(attributeCodes).map(([kind, code]) => [code, kind as Attribute["kind"]]),
);
const text = new TextDecoder();

function damaged(reason: string, cause?: unknown): DataError {
  return new DataError("model-format", `model: expected an ONNX model, got ${reason}. Export it again.`, { cause });
}

/** ONNX's own operator set has two names. */
function plainDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

function decodeAttribute(message: AttributeProto, node: string): Attribute {
  const kind = kinds.get(message.type);
  if (kind === undefined) {
    throw new UnsupportedError(
      "attribute-kind",
      `${node}: attribute ${message.name}: expected a number, text, list or tensor, got ONNX attribute type ${message.type}. Graphs within graphs are not read.`,
    );
  }
  switch (kind) {
    case "float":
      return { kind, value: message.f };
    case "int":
      return { kind, value: Number(message.i) };
    case "string":
      return { kind, value: text.decode(message.s) };
    case "floats":
      return { kind, value: message.floats };
    case "ints":
      return { kind, value: message.ints.map(Number) };
    case "strings":
      return { kind, value: message.strings.map((item) => text.decode(item)) };
    default:
      if (message.t === undefined) throw damaged(`attribute ${message.name} of ${node} without its tensor`);
      return { kind, value: decodeTensor(message.t, `attribute ${message.name} of ${node}`) };
  }
}

function decodeNode(message: NodeProto, index: number): Node {
  const name = message.name === "" ? `${message.opType}_${index}` : message.name;
  return {
    name,
    op: message.opType,
    domain: plainDomain(message.domain),
    inputs: message.input,
    outputs: message.output,
    attributes: Object.fromEntries(
      message.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute, name)]),
    ),
  };
}

function decodeShape(message: ValueInfoProto): readonly Dim[] | undefined {
  return message.type?.tensorType?.shape?.dim.map(({ value }, i) => {
    if (value.case === "dimParam" && value.value !== "") return value.value;
    if (value.case !== "dimValue") return `${message.name}_${i}`;
    const extent = Number(value.value);
    if (!Number.isSafeInteger(extent) || extent < 0) throw damaged(`value ${message.name} of extent ${value.value}`);
    return extent;
  });
}

/** Types that the file states, which inference falls back on. */
function statedTypes(message: GraphProto): Map<string, ValueInfo> {
  const types = new Map<string, ValueInfo>();
  for (const value of [...message.valueInfo, ...message.output]) {
    const { name } = value;
    const shape = decodeShape(value);
    const dtype = findDataType(value.type?.tensorType?.elemType ?? 0);
    if (shape && dtype) types.set(name, { name, dtype, shape });
  }
  return types;
}

function decodeGraph(message: GraphProto): Graph {
  const builder = new GraphBuilder({ name: message.name || "graph" });
  const stated = statedTypes(message);
  const constants = new Set(message.initializer.map(({ name }) => name));
  for (const input of message.input) {
    // Older files list every constant among the inputs too.
    if (constants.has(input.name)) continue;
    const shape = decodeShape(input);
    if (shape === undefined) throw damaged(`input ${input.name} without a shape`);
    builder.input(input.name, dataTypeOf(input.type?.tensorType?.elemType ?? 0, `input ${input.name}`), shape);
  }
  for (const initializer of message.initializer)
    builder.initializer(initializer.name, decodeTensor(initializer, initializer.name));
  message.node.forEach((node, i) => builder.append(decodeNode(node, i), stated));
  for (const { name } of message.output) {
    if (!builder.has(name)) throw damaged(`output ${name} that nothing computes`);
    builder.output(name);
  }
  return builder.build();
}

/**
 * Reads an ONNX file. Tensors are views of the bytes where they are aligned.
 * Nodes of operators that are not on the shelf, or of another operator-set version, are held: what follows them has a
 * type only where the file states it.
 * @throws DataError `model-format`, `model-tensor`, `model-external-data`, `model-size` for damaged or hostile bytes
 * @throws UnsupportedError `attribute-kind`, `data-type` naming the node or the value
 */
export function decodeModel(bytes: Uint8Array): Model {
  let message: ModelProto;
  try {
    checkWire(bytes, ModelProtoSchema);
    message = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged("bytes that are not one", error);
  }
  if (message.graph === undefined) throw damaged("one without a graph");
  try {
    return {
      graph: decodeGraph(message.graph),
      opsets: Object.fromEntries(
        message.opsetImport.map(({ domain, version }) => [plainDomain(domain), Number(version)]),
      ),
      producer: message.producerName,
      metadata: Object.fromEntries(message.metadataProps.map(({ key, value }) => [key, value])),
    };
  } catch (error) {
    if (error instanceof DataError || error instanceof UnsupportedError) throw error;
    if (error instanceof OsteonError) throw damaged(`a graph that contradicts itself (${error.message})`, error);
    throw error;
  }
}
