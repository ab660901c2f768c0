import { it } from "node:test";
import { architectures, type ArchitectureName } from "../../models/index.js";
import { checkSlices } from "./lowering.testkit.js";
import { checkGradients } from "./networks.testkit.js";

for (const name of (Object.keys(architectures) as ArchitectureName[]).filter((key) => architectures[key].tiny)) {
  it(`${name}: all gradients agree with the float64 interpreter, plain and blocked`, () => checkGradients(name));
}

it("weight gradients of many channels, taken a few images at a time, are those of the whole batch", () => checkSlices([15, 256, 28, 28], [256, 256, 3, 3]));
