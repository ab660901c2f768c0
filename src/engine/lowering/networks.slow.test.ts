import { it } from "node:test";
import { architectures, type ArchitectureName } from "../../models/index.js";
import { checkGradients } from "./networks.testkit.js";

for (const name of (Object.keys(architectures) as ArchitectureName[]).filter((key) => architectures[key].tiny)) {
  it(`${name}: all gradients agree with the float64 interpreter, plain and blocked`, () => checkGradients(name));
}
