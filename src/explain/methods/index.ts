import type { CamMethod, DrivenMethod, GraphMethod, Method } from "./contract.js";
import { activationDriven, activationGraphs, camMethods } from "./activation/index.js";
import { gradientDriven, gradientGraphs } from "./gradient/index.js";
import { perturbations } from "./perturbation/index.js";
import { relevanceGraphs } from "./relevance/index.js";

export { camMethods };
export type CamMethodName = keyof typeof camMethods;

/** Every method that is one graph from the image to the map. */
export const graphMethods = { ...camMethods, ...activationGraphs, ...gradientGraphs, ...relevanceGraphs } as const satisfies Record<string, CamMethod | GraphMethod>;
export type GraphMethodName = keyof typeof graphMethods;

/** Every method that asks a model many questions. */
export const drivenMethods = { ...activationDriven, ...gradientDriven, ...perturbations } as const satisfies Record<string, DrivenMethod>;
export type DrivenMethodName = keyof typeof drivenMethods;

/** Methods that `explainedGraph` builds: those that are one graph, and driven ones that can be written out as one. */
export type ExportableMethodName = GraphMethodName | { [Name in DrivenMethodName]: (typeof drivenMethods)[Name] extends { readonly inGraph: unknown } ? Name : never }[DrivenMethodName];

/** Every method, by its name on the command line. */
export const methods = { ...graphMethods, ...drivenMethods } as const satisfies Record<string, Method>;
export type MethodName = keyof typeof methods;
