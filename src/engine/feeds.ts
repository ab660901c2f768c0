import { InputError, nearestName } from "../base/index.js";
import type { Tensor } from "../base/index.js";
import type { ValueInfo } from "../graph/index.js";

function show(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}

function checkNames(kind: "input" | "output", given: readonly string[], known: readonly ValueInfo[]): void {
  const names = known.map((info) => info.name);
  for (const name of given) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
    throw new InputError(`unknown-${kind}`, `${kind} "${name}": expected one of ${names.join(", ") || "none"}, got an unknown name.${hint}`);
  }
}

/** Compares one tensor with what the graph says of it; a named extent takes the first number it meets. */
function checkTensor(kind: "input" | "output", info: ValueInfo, value: Tensor, extents: Map<string, number>): void {
  const subject = `${kind} "${info.name}"`;
  if (value.dtype !== info.dtype) {
    throw new InputError(`${kind}-type`, `${subject}: expected elements of ${info.dtype}, got ${value.dtype}.`);
  }
  const fits =
    value.shape.length === info.shape.length &&
    info.shape.every((dim, axis) => {
      const extent = value.shape[axis]!;
      if (typeof dim === "number") return dim === extent;
      const bound = extents.get(dim) ?? extent;
      extents.set(dim, bound);
      return bound === extent;
    });
  if (!fits) {
    const bound = info.shape.map((dim) => (typeof dim === "string" && extents.has(dim) ? `${dim} = ${extents.get(dim)}` : dim));
    throw new InputError(`${kind}-shape`, `${subject}: expected shape ${show(bound)}, got ${show(value.shape)}.`);
  }
}

/**
 * Checks the tensors of a run before the runtime sees them.
 * @throws InputError `unknown-input`, `missing-input`, `input-type`, `input-shape` and the same of `output`
 */
export function checkFeeds(
  graph: { readonly inputs: readonly ValueInfo[]; readonly outputs: readonly ValueInfo[] },
  feeds: Readonly<Record<string, Tensor>>,
  into: Readonly<Record<string, Tensor>> = {},
): void {
  checkNames("input", Object.keys(feeds), graph.inputs);
  checkNames("output", Object.keys(into), graph.outputs);
  const extents = new Map<string, number>();
  for (const info of graph.inputs) {
    const value = feeds[info.name];
    if (value === undefined) {
      throw new InputError("missing-input", `input "${info.name}": expected a ${info.dtype} tensor ${show(info.shape)}, got none.`);
    }
    checkTensor("input", info, value, extents);
  }
  for (const info of graph.outputs) {
    const value = into[info.name];
    if (value !== undefined) checkTensor("output", info, value, extents);
  }
}
