import type { FigureValue } from "../../server/contract.js";

export interface Estimated {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly method: string;
}

export function isEstimated(figure: FigureValue | undefined): figure is Extract<FigureValue, { estimate: number }> {
  return figure !== undefined && "estimate" in figure;
}
