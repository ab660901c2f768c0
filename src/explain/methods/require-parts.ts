import { UnsupportedError } from "../../base/index.js";
import type { Method, Question } from "./contract.js";

/** @throws UnsupportedError `no-gradients` where only predictions can be had */
export function requireGradients(question: Question): NonNullable<Question["gradients"]> {
  if (question.gradients) return question.gradients;
  throw new UnsupportedError("no-gradients", "explain: expected a network with gradients, got predictions alone. Use a method that needs only predictions, for example rise.");
}

/** @throws UnsupportedError `no-layer` where only predictions can be had */
export function requireLayerOf(question: Question): NonNullable<Question["layer"]> {
  if (question.layer) return question.layer;
  throw new UnsupportedError("no-layer", "explain: expected a network with a target layer, got predictions alone. Use a method that needs only predictions, for example rise.");
}

/** @throws UnsupportedError `needs-network` for a method that needs more than predictions */
export function requirePredictionsAlone(name: string, { kind, title, needs }: Method): void {
  if (kind === "driven" && needs.every((need) => need === "predictions")) return;
  throw new UnsupportedError(
    "needs-network",
    `${title}: expected a network with ${needs.filter((need) => need !== "predictions").join(" and ")}, got predictions alone. Use a method that needs only predictions, for example rise, instead of ${name}.`,
  );
}
