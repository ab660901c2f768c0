import { dataTypeCode, type GraphBuilder } from "../../../graph/index.js";

/** A value in the element type of another. */
export function castLike(builder: GraphBuilder, value: string, like: string): string {
  const dtype = builder.dtype(like);
  return builder.dtype(value) === dtype ? value : builder.op("Cast", [value], { to: dataTypeCode(dtype) });
}
