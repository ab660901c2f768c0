// Keras: block1_conv1, block1_conv2, block2_sepconv1 ... block14_sepconv2, predictions. The convolutions of the shortcuts and their
// normalizations have no names of their own but numbers, in the order of the blocks: conv2d_1 and batch_normalization_1, in
// files of Keras 1 convolution2d_1 and batchnormalization_1.
import { signedNormalization } from "./contract.js";
import type { KerasFamily, KerasLayer } from "./contract.js";

const epsilon = 1e-3;

/** Layers of a class that Keras named by number, in that order; the first may have none. */
function numbered(fileLayers: readonly string[], name: RegExp): string[] {
  const found = fileLayers.flatMap((layer) => {
    const match = name.exec(layer);
    return match === null ? [] : [{ layer, number: Number(match[1] ?? 0) }];
  });
  return found.toSorted((a, b) => a.number - b.number).map(({ layer }) => layer);
}

/** A separable convolution with the normalization behind it. */
function separableLayers(name: string, module: string, normalization: string): KerasLayer[] {
  return [
    { kind: "separable", names: [name], module: `${module}.conv1`, pointwise: `${module}.pointwise` },
    { kind: "batch-normalization", names: [`${name}_bn`], module: normalization, epsilon },
  ];
}

export const xception: KerasFamily = {
  networks: /^xception(-tiny)?$/,
  normalization: signedNormalization,
  first: "conv1",
  layers(modules, fileLayers) {
    const convolutions = numbered(fileLayers, /^conv(?:olution)?2d(?:_(\d+))?$/);
    const normalizations = numbered(fileLayers, /^batch_?normalization(?:_(\d+))?$/);
    const paths = [...modules.keys()];
    const blocks = Math.max(...paths.map((path) => Number(/^block(\d+)\./.exec(path)?.[1] ?? 0)));
    const layers: KerasLayer[] = [1, 2].flatMap((i): KerasLayer[] => [
      { kind: "convolution", names: [`block1_conv${i}`], module: `conv${i}` },
      { kind: "batch-normalization", names: [`block1_conv${i}_bn`], module: `bn${i}`, epsilon },
    ]);
    let shortcuts = 0;
    for (let block = 1; block <= blocks; block++) {
      if (modules.has(`block${block}.skip`)) {
        const [convolution, normalization] = [convolutions[shortcuts], normalizations[shortcuts]];
        shortcuts++;
        layers.push(
          { kind: "convolution", names: [convolution ?? `conv2d_${shortcuts}`], module: `block${block}.skip` },
          { kind: "batch-normalization", names: [normalization ?? `batch_normalization_${shortcuts}`], module: `block${block}.skipbn`, epsilon },
        );
      }
      const separable = paths.flatMap((path) => new RegExp(`^(block${block}\\.rep)\\.(\\d+)\\.conv1$`).exec(path)?.slice(1) ?? []);
      for (let i = 0; i < separable.length; i += 2) {
        const [rep, index] = [separable[i]!, Number(separable[i + 1])];
        layers.push(...separableLayers(`block${block + 1}_sepconv${i / 2 + 1}`, `${rep}.${index}`, `${rep}.${index + 1}`));
      }
    }
    return [
      ...layers,
      ...separableLayers(`block${blocks + 2}_sepconv1`, "conv3", "bn3"),
      ...separableLayers(`block${blocks + 2}_sepconv2`, "conv4", "bn4"),
      { kind: "dense", names: ["predictions"], module: "fc" },
    ];
  },
};
