import type { OperatorName } from "../../../graph/index.js";
import { intsOf } from "../attributes.js";
import type { BlockedRule } from "./contract.js";
import { affine, perChannelConstant } from "./elementwise.js";

/** A pool by the runtime's blocked operator of the same name. */
function pool(op: OperatorName & `nchwc.${string}`): BlockedRule {
  return (graph, node) => {
    const [x] = node.inputs as [string];
    const dilated = intsOf(node, "dilations")?.some((d) => d !== 1) ?? false;
    if (!graph.blockable(x) || !graph.isBlocked(x) || node.outputs.length !== 1 || dilated) return false;
    graph.setFromNode(node, [graph.blocked(x)], { op: op.slice("nchwc.".length), domain: "com.microsoft.nchwc" });
    return true;
  };
}

/** Of windows that lie side by side without padding: every dY divided by the window's size and repeated over it. */
export const averagePoolGradient: BlockedRule = (graph, node) => {
  const [dy] = node.inputs as [string];
  const [channels, height, width] = intsOf(node, "input_shape")!;
  const image = graph.blockable(dy);
  const kernel = intsOf(node, "kernel_shape")!;
  const strides = intsOf(node, "strides") ?? [1, 1];
  const [kh, kw] = kernel as [number, number];
  const sideBySide = kernel.length === 2 && kernel.every((k, i) => k === strides[i]) && !intsOf(node, "pads")?.some((pad) => pad !== 0);
  if (!image || !graph.isBlocked(dy) || !sideBySide || height !== image.height * kh || width !== image.width * kw) return false;
  const b = graph.block;
  const share = graph.emitConv(affine(graph, dy, perChannelConstant(graph, image.channels, 1 / (kh * kw))));
  const narrow = graph.view(share, [-1, image.height, 1, image.width, 1, b]);
  const wide = graph.builder.op("Expand", [narrow, graph.builder.constant([1, 1, kh, 1, kw, 1])]);
  graph.setBlocked(node.outputs[0]!, graph.view(wide, [typeof image.batch === "number" ? image.batch : -1, channels!, height, width]));
  return true;
};

export const maxPool = pool("nchwc.MaxPool");
export const averagePool = pool("nchwc.AveragePool");
export const globalAveragePool = pool("nchwc.GlobalAveragePool");
