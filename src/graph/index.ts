export type { Attribute, Dim, Graph, Model, Node, ValueInfo } from "./model.js";
