import { float32 } from "../../base/index.js";
import type { Attribute, Node } from "../model.js";
import type { Upgrade, UpgradeContext } from "./contract.js";

const intsOf = (node: Node, name: string): readonly number[] | undefined => node.attributes[name]?.value as readonly number[] | undefined;
const numberOf = (node: Node, name: string): number | undefined => node.attributes[name]?.value as number | undefined;

function without(node: Node, ...names: string[]): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name)));
}

/** Integer attribute `name` becomes input `index`. */
function toInput(node: Node, name: string, index: number, context: UpgradeContext): Node {
  const value = intsOf(node, name);
  if (value === undefined) return node;
  const inputs = [...node.inputs];
  while (inputs.length < index) inputs.push("");
  inputs[index] = context.constant(value);
  return { ...node, inputs, attributes: without(node, name) };
}

const axesToInput = (summary: string): Upgrade => ({ before: 13, summary, rewrite: (node, context) => toInput(node, "axes", 1, context) });

/** Version 18 made the axes of these reductions an input; operator set 17 has them as an attribute. */
const axesToAttribute: Upgrade = {
  from: 18,
  summary: "axes from an input to an attribute",
  rewrite: (node, context) => {
    const axes = node.inputs[1] === undefined || node.inputs[1] === "" ? [] : (context.ints(node.inputs[1]) ?? context.refuse(node, "axes that are computed"));
    if (axes.length === 0 && numberOf(node, "noop_with_empty_axes") === 1) return { ...node, op: "Identity", inputs: node.inputs.slice(0, 1), attributes: {} };
    const attributes = without(node, "noop_with_empty_axes");
    if (axes.length > 0) attributes["axes"] = { kind: "ints", value: axes };
    return { ...node, inputs: node.inputs.slice(0, 1), attributes };
  },
};

/** Before version 13 these worked on the input flattened to a matrix at `axis`; the same thing where nothing follows the axis. */
const softmax: Upgrade = {
  before: 13,
  summary: "axis counted as in version 13",
  rewrite: (node, context) => {
    const shape = context.shape(node.inputs[0]!);
    const given = numberOf(node, "axis") ?? 1;
    const axis = given < 0 ? given + shape.length : given;
    if (shape.slice(axis + 1).some((extent) => extent !== 1)) context.refuse(node, `${node.op} over several axes together`);
    return { ...node, attributes: { axis: { kind: "int", value: axis } } };
  },
};

/** Attributes that later versions dropped or added, where the file has them at the value that changes nothing. */
function dropAttributes(summary: string, neutral: Readonly<Record<string, (value: Attribute["value"]) => boolean>>, bounds: Pick<Upgrade, "before" | "from">): Upgrade {
  return {
    ...bounds,
    summary,
    rewrite: (node, context) => {
      for (const [name, isNeutral] of Object.entries(neutral)) {
        const given = node.attributes[name];
        if (given !== undefined && !isNeutral(given.value)) context.refuse(node, `attribute ${name} = ${JSON.stringify(given.value)}`);
      }
      return { ...node, attributes: without(node, ...Object.keys(neutral)) };
    },
  };
}

const anyValue = (): boolean => true;
const allOnes = (value: Attribute["value"]): boolean => Array.isArray(value) && value.every((n) => n === 1);

/** Nearest and linear upsampling placed samples as `asymmetric` does. */
const asymmetric = (node: Node): Record<string, Attribute> => ({
  mode: { kind: "string", value: (node.attributes["mode"]?.value as string | undefined) ?? "nearest" },
  coordinate_transformation_mode: { kind: "string", value: "asymmetric" },
  nearest_mode: { kind: "string", value: "floor" },
});

/** Rewritings by operator, in the order they apply. */
export const upgrades: Readonly<Record<string, readonly Upgrade[]>> = {
  Squeeze: [axesToInput("axes from an attribute to an input")],
  Unsqueeze: [axesToInput("axes from an attribute to an input")],
  ReduceSum: [axesToInput("axes from an attribute to an input")],
  ReduceMean: [axesToAttribute],
  ReduceMax: [axesToAttribute],
  ReduceMin: [axesToAttribute],
  ReduceProd: [axesToAttribute],
  Softmax: [softmax],
  LogSoftmax: [softmax],
  Split: [
    { before: 13, summary: "sizes from an attribute to an input", rewrite: (node, context) => toInput(node, "split", 1, context) },
    {
      from: 18,
      summary: "a number of parts becomes their sizes",
      rewrite: (node, context) => {
        const parts = numberOf(node, "num_outputs");
        if (parts === undefined) return node;
        const shape = context.shape(node.inputs[0]!);
        const axis = numberOf(node, "axis") ?? 0;
        const extent = shape[axis < 0 ? axis + shape.length : axis];
        if (typeof extent !== "number") return context.refuse(node, "parts of a named extent");
        const size = Math.ceil(extent / parts);
        const sizes = Array.from({ length: parts }, (_, i) => Math.min(size, extent - i * size));
        return { ...node, inputs: [node.inputs[0]!, context.constant(sizes)], attributes: without(node, "num_outputs") };
      },
    },
  ],
  Clip: [
    {
      before: 11,
      summary: "bounds from attributes to inputs",
      rewrite: (node, context) => {
        const bound = (name: string): string => {
          const value = numberOf(node, name);
          return value === undefined ? "" : context.constant(value);
        };
        return { ...node, inputs: [node.inputs[0]!, bound("min"), bound("max")], attributes: {} };
      },
    },
  ],
  Pad: [
    {
      before: 11,
      summary: "pads and value from attributes to inputs",
      rewrite: (node, context) => {
        const padded = toInput(node, "pads", 1, context);
        const value = numberOf(node, "value") ?? 0;
        return { ...padded, inputs: [...padded.inputs, context.constant(value)], attributes: without(padded, "value") };
      },
    },
    {
      from: 18,
      summary: "pads of some axes become pads of all",
      rewrite: (node, context) => {
        if ((node.inputs[3] ?? "") === "") return { ...node, inputs: node.inputs.slice(0, 3) };
        const rank = context.shape(node.inputs[0]!).length;
        const pads = context.ints(node.inputs[1]) ?? context.refuse(node, "pads that are computed");
        const axes = context.ints(node.inputs[3]) ?? context.refuse(node, "axes that are computed");
        const all = Array.from({ length: 2 * rank }, () => 0);
        axes.forEach((axis, i) => {
          const at = axis < 0 ? axis + rank : axis;
          all[at] = pads[i]!;
          all[rank + at] = pads[axes.length + i]!;
        });
        return { ...node, inputs: [node.inputs[0]!, context.constant(all), ...(node.inputs[2] ? [node.inputs[2]] : [])] };
      },
    },
  ],
  Slice: [
    {
      before: 10,
      summary: "starts, ends and axes from attributes to inputs",
      rewrite: (node, context) => {
        const starts = intsOf(node, "starts")!;
        const ends = intsOf(node, "ends")!;
        const axes = intsOf(node, "axes") ?? starts.map((_, i) => i);
        return { ...node, inputs: [node.inputs[0]!, ...[starts, ends, axes].map((list) => context.constant(list))], attributes: {} };
      },
    },
  ],
  Dropout: [
    {
      before: 12,
      summary: "rate from an attribute to an input",
      rewrite: (node, context) => ({ ...node, inputs: [node.inputs[0]!, context.constant(numberOf(node, "ratio") ?? 0.5)], outputs: node.outputs.slice(0, 1), attributes: {} }),
    },
  ],
  BatchNormalization: [
    dropAttributes("without the switches of older versions", { spatial: (value) => value === 1, is_test: anyValue, consumed_inputs: anyValue }, { before: 14 }),
    {
      from: 1,
      summary: "the form with stored statistics",
      rewrite: (node) => ({ ...node, outputs: node.outputs.slice(0, 1), attributes: without(node, "training_mode") }),
    },
  ],
  Upsample: [
    {
      before: 10,
      summary: "Resize with the same samples",
      rewrite: (node, context) => {
        const scales = node.attributes["scales"]?.value as readonly number[] | undefined;
        const second = scales === undefined ? node.inputs[1]! : context.constant(float32([scales.length], scales));
        return { ...node, op: "Resize", inputs: [node.inputs[0]!, "", second], attributes: asymmetric(node) };
      },
    },
  ],
  Resize: [
    { before: 11, summary: "scales as the third input", rewrite: (node) => ({ ...node, inputs: [node.inputs[0]!, "", node.inputs[1]!], attributes: asymmetric(node) }) },
    dropAttributes("without what version 18 added", { antialias: (value) => value === 0, keep_aspect_ratio_policy: (value) => value === "stretch" }, { from: 18 }),
  ],
  AveragePool: [dropAttributes("without dilation", { dilations: allOnes }, { from: 19 })],
  Cast: [dropAttributes("without what version 19 added", { saturate: anyValue, round_mode: anyValue }, { from: 19 })],
  Reshape: [dropAttributes("as in version 13", { allowzero: (value) => value === 0 }, { from: 1 })],
  Gelu: [
    {
      from: 20,
      summary: "ONNX Runtime's operator of the same name",
      rewrite: (node, context) => {
        if ((node.attributes["approximate"]?.value ?? "none") !== "none") return context.refuse(node, "the tanh approximation of Gelu");
        return { ...node, domain: "com.microsoft", attributes: {} };
      },
    },
  ],
};
