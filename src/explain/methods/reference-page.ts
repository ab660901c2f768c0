import type { Method, Passes } from "./contract.js";
import { methods, type MethodName } from "./index.js";
import { peerLibraries, peers, type PeerLibrary } from "./peers.js";

const families: readonly { readonly title: string; readonly names: readonly MethodName[] }[] = [
  {
    title: "Class activation",
    names: ["cam", "grad-cam", "grad-cam-plus-plus", "hires-cam", "xgrad-cam", "layer-cam", "score-cam", "ablation-cam", "eigen-cam", "eigen-grad-cam", "full-grad", "shapley-cam"],
  },
  {
    title: "Gradient",
    names: ["saliency", "gradient-x-input", "smooth-grad", "var-grad", "smooth-grad-squared", "integrated-gradients", "expected-gradients", "guided-backpropagation", "deconvnet", "guided-grad-cam"],
  },
  { title: "Relevance", names: ["deep-lift", "lrp-epsilon", "lrp-gamma", "lrp-alpha-beta", "lrp-z-plus", "lrp-composite"] },
  { title: "Perturbation", names: ["occlusion", "rise", "lime", "kernel-shap", "sobol", "hsic"] },
];

/** A number, or what it is proportional to. */
function passesText(passes: Passes, samples: number | undefined): string {
  if (passes === "samples") return `samples (${samples?.toLocaleString("en-US") ?? "?"})`;
  return String(passes);
}

function isExportable(method: Method): boolean {
  return method.kind !== "driven" || method.inGraph !== undefined;
}

function row(name: MethodName): string {
  const method: Method = methods[name];
  const { forward, backward } = method.cost;
  const cost = `${passesText(forward, method.samples)} + ${passesText(backward, method.samples)}`;
  const libraries = (Object.keys(peerLibraries) as PeerLibrary[]).map((library) => peers[name][library] ?? "-");
  const cells = [`\`${name}\``, `${method.title}: ${method.summary}`, method.reference, `${method.signed ? "signed; " : ""}${method.sign}`, method.needs.join(", "), cost, isExportable(method) ? "yes" : "no", ...libraries];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Page of all methods, from their facts. */
export function renderMethodsPage(): string {
  const libraries = Object.keys(peerLibraries);
  const head = ["method", "what it is", "reference", "what its values say", "needs", "passes: forward + backward", "one graph", ...libraries];
  const table = (names: readonly MethodName[]) => [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...names.map(row)].join("\n");
  return `# Explanations: the methods

Made from the facts in \`src/explain/methods\` by \`scripts/docs-methods.mjs\`. On the command line: \`osteon explain --list\`; in a recipe:
\`explanation: { methods: [grad-cam, lime, saliency] }\`; in a program: \`createExplainer(network, weights, method)\` for networks with known
insides, \`explainPredictions(predict, images, method)\` where only predictions can be had, \`explainedGraph(network, weights, { method })\` for one
ONNX graph from the image to prediction and map.

- **Targets.** A class, the predicted class, the difference of two classes (or to the runner-up), or a unit of a layer; a class's score is its logit, its
  softmax probability, or the sum of logit and ln probability. Relevance methods explain sums of logits and units.
- **Layers.** Class activation can be asked of any feature map; \`osteon explain --model FILE --layer\` lists them. Of several layers the mean of the
  scaled maps is taken, whatever the method.
- **Passes** are those for one image beside the one that predicts. A backward pass to a late layer costs a small part of a forward pass, one to the image about
  two. \`channels\` are those of the target layer, \`windows\` the positions of the occluding window; the default number of samples is in brackets.
- **Needs.** Methods that need predictions alone work on any ONNX file from images to scores; the others on every network of the shelf and on ONNX classifiers
  of other makers whose operators are known.
- **One graph**: can be written as one ONNX file of ONNX's own operators, \`osteon explain --model FILE --methods NAME --export OUT.onnx\`.
- **Readings.** Integrated and expected gradients report the \`completenessGap\`: score less baseline's score less the map's sum. LIME reports \`r2\` of its fit and
  \`stability\`, the mean correlation of its coefficients between three seeds; KernelSHAP whether it is exact.
- **Combinations.** \`combineMaps\` makes of several maps of one image their mean, their agreement (the share of the maps of whose highest fifth a pixel is one)
  and their disagreement (the standard deviation over the maps), each map over its largest size first.

${families.map(({ title, names }) => `## ${title}\n\n${table(names)}`).join("\n\n")}

## The other libraries

The names under a library are its own; "-" means that it has no such method. What was read of each: ${Object.entries(peerLibraries).map(([name, read]) => `${name}, ${read}`).join("; ")}.
None of them takes ONNX models, and none runs in JavaScript. Details differ: Captum's KernelSHAP, LIME and Shapley values take any grouping of pixels that the
caller makes, Captum's LRP takes one rule per module that the caller sets, and RISE is here centered by the mean score, which changes the map by a constant.
`;
}

/** Every name of the families, to be compared with the shelf. */
export const namesOnPage: readonly MethodName[] = families.flatMap(({ names }) => names);
