import { it } from "node:test";
import type { ArchitectureName } from "../../models/index.js";
import { checkGradients } from "./networks.testkit.js";

// One of each family; networks.slow.test.ts takes the others.
const ofEachFamily: readonly ArchitectureName[] = ["vgg16-tiny", "resnet18-tiny", "mobilenet_v2-tiny", "densenet-attention-tiny", "efficientnet_v2-tiny", "convnext_base-tiny", "xception-tiny"];

for (const name of ofEachFamily) it(`${name}: all gradients agree with the float64 interpreter, plain and blocked`, () => checkGradients(name));
