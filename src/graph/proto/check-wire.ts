import type { DescMessage } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { DataError } from "../../base/index.js";

/** Most messages (nodes, attributes, tensors, extents) of one file, and most nodes: far above any network's. */
const maxMessages = 300_000;
const maxNodes = 30_000;

/** Most elements of lists that are not raw data or floats; each takes far more memory than its byte in the file. */
const maxElements = 4_000_000;

/** Most of them that are 64 bits wide, which are kept as big integers while the file is read. */
const maxWideElements = 1_000_000;

interface FieldPlan {
  readonly message?: Plan;
  /** Whether it is a node. */
  readonly node?: boolean;
  /** Bytes that an element of a packed list takes at least, or undefined for single values and bytes. */
  readonly elementBytes?: number;
  /** Whether elements are 64 bits wide. */
  readonly wide?: boolean;
}

type Plan = ReadonlyMap<number, FieldPlan>;

const plans = new Map<DescMessage, Plan>();

function planOf(schema: DescMessage): Plan {
  const known = plans.get(schema);
  if (known) return known;
  const plan = new Map<number, FieldPlan>();
  plans.set(schema, plan);
  for (const field of schema.fields) {
    if (field.message) plan.set(field.number, { message: planOf(field.message), node: field.message.typeName.endsWith("NodeProto") });
    else if (field.fieldKind === "list")
      plan.set(field.number, { elementBytes: /^(float|double)/.test(field.name) ? 4 : 1, wide: /^(int64|uint64|ints|dims)/.test(field.name) });
  }
  return plan;
}

/**
 * Walks a message without making objects, so that a small file which unfolds to a huge one is refused before it does.
 * @throws DataError `model-size`; errors of the reader for bytes that are no message
 */
export function checkWire(bytes: Uint8Array, schema: DescMessage): void {
  let messages = 0;
  let nodes = 0;
  let elements = 0;
  let wideElements = 0;
  const count = (more: number, field: FieldPlan): void => {
    if (field.elementBytes === 1) elements += more;
    if (field.wide === true) wideElements += more;
    if (messages <= maxMessages && nodes <= maxNodes && elements <= maxElements && wideElements <= maxWideElements) return;
    throw new DataError(
      "model-size",
      `model: expected at most ${maxNodes} nodes, ${maxMessages} attributes, tensors and the like, and ${maxElements} list elements (${maxWideElements} of 64 bits), got more. Store tensors as raw data.`,
    );
  };
  const walk = (part: Uint8Array, plan: Plan): void => {
    const reader = new BinaryReader(part);
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      const field = plan.get(number);
      if (field === undefined || wireType !== WireType.LengthDelimited) {
        if (field?.elementBytes !== undefined) count(1, field);
        reader.skip(wireType, number);
      } else if (field.message) {
        messages++;
        if (field.node === true) nodes++;
        count(0, field);
        walk(reader.bytes(), field.message);
      } else {
        const { length } = reader.bytes();
        count(Math.max(1, length), field);
      }
    }
  };
  walk(bytes, planOf(schema));
}
