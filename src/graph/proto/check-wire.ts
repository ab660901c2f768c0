import type { DescMessage } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { DataError } from "../../base/index.js";

/** Most messages (nodes, attributes, tensors, extents) of one file. */
const maxMessages = 1_000_000;

/** Most elements of lists that are not raw data or floats; each takes far more memory than its byte in the file. */
const maxElements = 16_000_000;

interface FieldPlan {
  readonly message?: Plan;
  /** Bytes that an element of a packed list takes at least, or undefined for single values and bytes. */
  readonly elementBytes?: number;
}

type Plan = ReadonlyMap<number, FieldPlan>;

const plans = new Map<DescMessage, Plan>();

function planOf(schema: DescMessage): Plan {
  const known = plans.get(schema);
  if (known) return known;
  const plan = new Map<number, FieldPlan>();
  plans.set(schema, plan);
  for (const field of schema.fields) {
    if (field.message) plan.set(field.number, { message: planOf(field.message) });
    else if (field.fieldKind === "list")
      plan.set(field.number, { elementBytes: /^(float|double)/.test(field.name) ? 4 : 1 });
  }
  return plan;
}

/**
 * Walks a message without making objects, so that a small file which unfolds to a huge one is refused before it does.
 * @throws DataError `model-size`; errors of the reader for bytes that are no message
 */
export function checkWire(bytes: Uint8Array, schema: DescMessage): void {
  let messages = 0;
  let elements = 0;
  const count = (more: number): void => {
    elements += more;
    if (messages > maxMessages || elements > maxElements) {
      throw new DataError(
        "model-size",
        `model: expected at most ${maxMessages} nodes, attributes and tensors and ${maxElements} list elements, got more. Store tensors as raw data.`,
      );
    }
  };
  const walk = (part: Uint8Array, plan: Plan): void => {
    const reader = new BinaryReader(part);
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      const field = plan.get(number);
      if (field === undefined || wireType !== WireType.LengthDelimited) {
        if (field?.elementBytes === 1) count(1);
        reader.skip(wireType, number);
      } else if (field.message) {
        messages++;
        count(0);
        walk(reader.bytes(), field.message);
      } else {
        const { length } = reader.bytes();
        count(field.elementBytes === 1 ? Math.max(1, length) : 1);
      }
    }
  };
  walk(bytes, planOf(schema));
}
