import { InputError, UnsupportedError } from "../base/index.js";
import type { Tensor } from "../base/index.js";
import { formatShape } from "./dim.js";
import type { Attribute, Dim, Node, ValueInfo } from "./model.js";
import { operatorOf, operators } from "./operators/index.js";
import type { InferenceContext, OperatorSchema, Port, ValueType } from "./operators/contract.js";

/** What shape inference may look up of values. */
export interface TypeLookup {
  info(value: string): ValueType;
  constant(value: string): Tensor | undefined;
}

/** Longest integer vector whose elements are followed through shape arithmetic. */
const maxContent = 256;

/** How a node is called in messages. */
export function nodeTitle({ op, name }: Pick<Node, "op" | "name">): string {
  return name === "" ? op : `${op} "${name}"`;
}

function portOf(ports: readonly Port[], index: number): Port | undefined {
  return ports[index] ?? (ports.at(-1)?.presence === "variadic" ? ports.at(-1) : undefined);
}

function checkPorts(node: Node, schema: OperatorSchema, lookup: TypeLookup): void {
  const fail = (text: string, code: "node-ports" | "operator-form" = "node-ports"): never => {
    throw new InputError(code, `${nodeTitle(node)}: ${text}`);
  };
  const bound = new Map<string, string>();
  node.inputs.forEach((value, i) => {
    const port =
      portOf(schema.inputs, i) ??
      fail(`expected at most ${schema.inputs.length} inputs, got ${node.inputs.length}.`, "operator-form");
    if (value === "") {
      if (port.presence === "required") fail(`expected input ${port.name}, got none.`);
      return;
    }
    const { dtype } = lookup.info(value);
    const allowed: readonly string[] = schema.types[port.type] ?? (port.type === "any" ? [dtype] : [port.type]);
    const before = port.type in schema.types ? bound.get(port.type) : undefined;
    if (!allowed.includes(dtype)) fail(`input ${port.name}: expected ${allowed.join(" or ")}, got ${dtype}.`);
    if (before !== undefined && before !== dtype)
      fail(`input ${port.name}: expected ${before} like the other inputs, got ${dtype}.`);
    bound.set(port.type, dtype);
  });
  // An attribute that is now an input says that the form is an older one: looked at before what is missing.
  for (const name of Object.keys(node.attributes)) {
    if (!Object.hasOwn(schema.attributes, name)) {
      fail(
        `expected attributes among ${Object.keys(schema.attributes).join(", ") || "none"}, got ${name}.`,
        "operator-form",
      );
    }
  }
  const missing = schema.inputs.findIndex(({ presence }, i) => presence === "required" && node.inputs[i] === undefined);
  if (missing >= 0) fail(`expected input ${schema.inputs[missing]!.name}, got ${node.inputs.length} inputs.`);
  for (const [name, facts] of Object.entries(schema.attributes)) {
    const given = node.attributes[name];
    if (given === undefined && facts.presence === "required") fail(`expected attribute ${name}, got none.`);
    if (given !== undefined && given.kind !== facts.kind)
      fail(`attribute ${name}: expected ${facts.kind}, got ${given.kind}.`);
  }
}

function contextOf(node: Node, schema: OperatorSchema, lookup: TypeLookup): InferenceContext {
  const title = nodeTitle(node);
  const shapesText = (): string =>
    node.inputs.map((value) => (value === "" ? "-" : formatShape(lookup.info(value).shape))).join(", ");
  const attributeOf = (name: string): Attribute | undefined => {
    const given = node.attributes[name];
    if (given !== undefined) return given;
    const facts = schema.attributes[name];
    return facts?.default === undefined ? undefined : ({ kind: facts.kind, value: facts.default } as Attribute);
  };
  const constant = (index: number): Tensor | undefined => {
    const value = node.inputs[index];
    return value === undefined || value === "" ? undefined : lookup.constant(value);
  };
  const content = (index: number): readonly Dim[] | undefined => {
    const value = node.inputs[index];
    if (value === undefined || value === "") return undefined;
    const known = constant(index);
    if (known && (known.dtype === "int64" || known.dtype === "int32") && known.data.length <= maxContent) {
      return Array.from(known.data as Iterable<bigint | number>, Number);
    }
    return lookup.info(value).content;
  };
  const context: InferenceContext = {
    inputCount: node.inputs.length,
    outputCount: node.outputs.length,
    has: (index) => (node.inputs[index] ?? "") !== "",
    input: (index) => lookup.info(node.inputs[index]!),
    constant,
    content,
    knownContent: (index) => {
      const known = content(index);
      if (known !== undefined) return known;
      throw new UnsupportedError(
        "dynamic-value",
        `${title}: expected input ${index} to be known before the run, got a value that is computed. Give it as a constant.`,
      );
    },
    knownInts: (index) => {
      const known = context.knownContent(index);
      if (known.every((dim) => typeof dim === "number")) return known;
      throw new UnsupportedError(
        "dynamic-value",
        `${title}: expected numbers in input ${index}, got ${formatShape(known)}. Give them as a constant.`,
      );
    },
    int: (name) => attributeOf(name)?.value as number,
    float: (name) => attributeOf(name)?.value as number,
    string: (name) => attributeOf(name)?.value as string,
    ints: (name) => attributeOf(name)?.value as readonly number[] | undefined,
    attribute: attributeOf,
    axis: (value, rank) => {
      const axis = value < 0 ? value + rank : value;
      return Number.isInteger(axis) && axis >= 0 && axis < rank
        ? axis
        : context.fail(`an axis from ${-rank} to ${rank - 1}, not ${value}`);
    },
    fail: (expected, remedy) => {
      throw new InputError(
        "shape-mismatch",
        `${title}: expected ${expected}, got inputs of shapes ${shapesText()}.${remedy === undefined ? "" : ` ${remedy}.`}`,
      );
    },
    unsupported: (what) => {
      throw new UnsupportedError(
        "shape-inference",
        `${title}: expected shapes that can be known before the run, got ${what}. Give static shapes.`,
      );
    },
  };
  return context;
}

/**
 * Types of a node's outputs, one per output name, in order.
 * @throws InputError `node-ports`, `shape-mismatch` naming the node and its shapes
 * @throws UnsupportedError `unknown-operator`, `dynamic-value`, `shape-inference` naming the node
 */
export function inferNode(node: Node, lookup: TypeLookup): ValueType[] {
  const key = operatorOf(node);
  if (key === undefined) {
    throw new UnsupportedError(
      "unknown-operator",
      `${nodeTitle(node)}: expected a known operator, got ${node.domain === "" ? "" : `${node.domain}.`}${node.op}. Its shapes cannot be inferred.`,
    );
  }
  const schema: OperatorSchema = operators[key];
  checkPorts(node, schema, lookup);
  const types = schema.infer(contextOf(node, schema, lookup)).map(withoutLongContent);
  if (node.outputs.length > types.length) {
    throw new InputError(
      "operator-form",
      `${nodeTitle(node)}: expected at most ${types.length} outputs, got ${node.outputs.length}.`,
    );
  }
  return node.outputs.map((_, i) => types[i]!);
}

function withoutLongContent(type: ValueType): ValueType {
  return type.content === undefined || type.content.length <= maxContent
    ? type
    : { dtype: type.dtype, shape: type.shape };
}

/** A value's type as the graph keeps it. */
export function valueInfo(name: string, { dtype, shape }: ValueType): ValueInfo {
  return { name, dtype, shape };
}
