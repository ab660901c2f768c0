import { multiplyDims } from "../dim.js";
import { anything, attribute, numbers, required } from "./contract.js";
import type { OperatorSchema } from "./contract.js";

export const constants = {
  Shape: {
    domain: "",
    since: 15,
    summary: "Extents of the input, from axis `start` to before `end`",
    types: { T: anything },
    inputs: [required("data")],
    outputs: [required("shape", "int64")],
    attributes: { start: attribute("int", 0), end: attribute("int") },
    infer: (context) => {
      const { shape } = context.input(0);
      const end = context.attribute("end")?.value as number | undefined;
      const content = shape.slice(context.int("start"), end);
      return [{ dtype: "int64", shape: [content.length], content }];
    },
  },
  Size: {
    domain: "",
    since: 13,
    summary: "Number of elements",
    types: { T: anything },
    inputs: [required("data")],
    outputs: [required("size", "int64")],
    attributes: {},
    infer: (context) => [{ dtype: "int64", shape: [], content: [multiplyDims(context.input(0).shape)] }],
  },
  Constant: {
    domain: "",
    since: 13,
    summary: "A tensor that stands in the graph",
    types: {},
    inputs: [],
    outputs: [required("output", "any")],
    attributes: {
      value: attribute("tensor"),
      value_float: attribute("float"),
      value_int: attribute("int"),
      value_ints: attribute("ints"),
      value_floats: attribute("floats"),
    },
    infer: (context) => {
      const names = ["value", "value_float", "value_int", "value_ints", "value_floats"];
      const given = names.map((name) => context.attribute(name)).find((found) => found !== undefined);
      if (given === undefined)
        return context.fail("one of the attributes value, value_float, value_int, value_floats, value_ints");
      if (given.kind === "tensor") {
        const { dtype, shape, data } = given.value;
        const content =
          dtype === "int64" && shape.length <= 1 && data.length <= 64
            ? Array.from(data as BigInt64Array, Number)
            : undefined;
        return [{ dtype, shape, ...(content && { content }) }];
      }
      if (given.kind === "float") return [{ dtype: "float32", shape: [] }];
      if (given.kind === "int") return [{ dtype: "int64", shape: [], content: [given.value] }];
      const list = given.value as readonly number[];
      return [
        given.kind === "floats"
          ? { dtype: "float32", shape: [list.length] }
          : { dtype: "int64", shape: [list.length], content: list },
      ];
    },
  },
  ConstantOfShape: {
    domain: "",
    since: 9,
    summary: "One value everywhere; float32 zeros where no value is given",
    types: {},
    inputs: [required("input", "int64")],
    outputs: [required("output", "any")],
    attributes: { value: attribute("tensor") },
    infer: (context) => {
      const value = context.attribute("value");
      return [{ dtype: value?.kind === "tensor" ? value.value.dtype : "float32", shape: context.knownContent(0) }];
    },
  },
  Range: {
    domain: "",
    since: 11,
    summary: "Numbers from start to before limit in steps of delta",
    types: { T: numbers },
    inputs: [required("start"), required("limit"), required("delta")],
    outputs: [required("output")],
    attributes: {},
    infer: (context) => {
      const [first, last, step] = [0, 1, 2].map((i) => context.content(i)?.[0]);
      if (typeof last === "string" && first === 0 && step === 1)
        return [{ dtype: context.input(0).dtype, shape: [last] }];
      const [start, limit, delta] = [0, 1, 2].map((i) => context.constant(i)?.data[0]);
      if (start === undefined || limit === undefined || delta === undefined)
        return context.unsupported("a range that is not constant");
      const count = Math.max(0, Math.ceil((Number(limit) - Number(start)) / Number(delta)));
      return [{ dtype: context.input(0).dtype, shape: [count] }];
    },
  },
} as const satisfies Record<string, OperatorSchema>;
