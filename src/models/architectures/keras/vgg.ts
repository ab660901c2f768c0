// Keras: block1_conv1 ... block5_conv3, fc1, fc2, predictions; the first dense layer sees [H, W, C] flattened.
import { caffeNormalization } from "./contract.js";
import type { KerasFamily, KerasLayer } from "./contract.js";

export const vgg: KerasFamily = {
  networks: /^vgg\d+(-tiny)?$/,
  normalization: caffeNormalization,
  first: "features.0",
  layers(modules) {
    const layers: KerasLayer[] = [];
    let [block, position, channels] = [1, 0, 0];
    let before = -2;
    for (const [module, shape] of modules) {
      const match = /^features\.(\d+)$/.exec(module);
      if (match === null) continue;
      const index = Number(match[1]);
      // Convolution and activation take a number each; a pooling between them ends the block.
      if (index - before > 2) [block, position] = [block + 1, 0];
      position++;
      before = index;
      channels = shape[0]!;
      layers.push({ kind: "convolution", names: [`block${block}_conv${position}`], module });
    }
    layers.push(
      { kind: "dense", names: ["fc1"], module: "classifier.0", flattened: channels },
      { kind: "dense", names: ["fc2"], module: "classifier.3" },
      { kind: "dense", names: ["predictions"], module: "classifier.6" },
    );
    return layers;
  },
};
