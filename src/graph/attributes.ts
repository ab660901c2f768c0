import { InputError } from "../base/index.js";
import type { Tensor } from "../base/index.js";
import type { Attribute } from "./model.js";
import { operators, type OperatorName } from "./operators/index.js";
import type { OperatorSchema } from "./operators/contract.js";
import { nearestName } from "../base/index.js";

/** A plain value for an attribute; its ONNX kind comes from the operator's schema. */
export type AttributeValue = number | string | readonly number[] | Tensor;

function fits(kind: Attribute["kind"], value: AttributeValue): boolean {
  if (kind === "int") return Number.isInteger(value);
  if (kind === "float") return typeof value === "number";
  if (kind === "string") return typeof value === "string";
  if (kind === "ints") return Array.isArray(value) && value.every((item) => Number.isInteger(item));
  if (kind === "floats") return Array.isArray(value);
  return kind === "tensor" && typeof value === "object" && "dtype" in value;
}

/**
 * Attributes with their kinds, from plain values.
 * @throws InputError `node-attribute` for one the operator does not have or of the wrong kind
 */
export function typedAttributes(
  op: OperatorName,
  values: Readonly<Record<string, AttributeValue | undefined>>,
): Record<string, Attribute> {
  const schema: OperatorSchema = operators[op];
  const typed: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const facts = schema.attributes[name];
    if (facts === undefined) {
      const known = Object.keys(schema.attributes);
      const nearest = nearestName(name, known);
      throw new InputError(
        "node-attribute",
        `${op}: expected an attribute among ${known.join(", ") || "none"}, got "${name}".${nearest === undefined ? "" : ` Did you mean "${nearest}"?`}`,
      );
    }
    if (!fits(facts.kind, value)) {
      throw new InputError(
        "node-attribute",
        `${op}: attribute ${name}: expected ${facts.kind}, got ${typeof value === "object" ? "another kind" : JSON.stringify(value)}.`,
      );
    }
    typed[name] = { kind: facts.kind, value } as Attribute;
  }
  return typed;
}
