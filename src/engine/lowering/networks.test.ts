import { it } from "node:test";
import type { ArchitectureName } from "../../models/index.js";
import { checkGradients } from "./networks.testkit.js";

// One of each kind: plain, separable, dense with attention, layer-normalized. networks.slow.test.ts takes them all.
const ofEachKind: readonly ArchitectureName[] = ["vgg16-tiny", "mobilenet_v2-tiny", "densenet-attention-tiny", "convnext_base-tiny"];

for (const name of ofEachKind) it(`${name}: all gradients agree with the float64 interpreter, plain and blocked`, () => checkGradients(name));
