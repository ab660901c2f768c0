import type { OperatorName } from "../../graph/index.js";
import { floatOf, intOf } from "../attributes.js";
import type { GradientContext, GradientRule, NoGradient } from "../contract.js";
import type { Emitter } from "../emitter.js";
import { UnsupportedError } from "../../base/index.js";

/** alpha · op(A) · op(B), written with the operator that the forward node used. */
type Product = (a: string, transA: boolean, b: string, transB: boolean) => string;

/**
 * Gradients of alpha · A' · B' where A' is A or its transpose, in the same kind of product:
 * dA' = alpha · dY · B'ᵀ and dB' = alpha · A'ᵀ · dY; the transpose of a product is the product of the transposes.
 */
function productGradients({ node, x, dy, wants }: GradientContext, product: Product): (string | undefined)[] {
  const transA = intOf(node, "transA", 0) === 1;
  const transB = intOf(node, "transB", 0) === 1;
  const [a, b, g] = [x[0]!, x[1]!, dy[0]!];
  return [
    wants(0) ? (transA ? product(b, transB, g, true) : product(g, false, b, !transB)) : undefined,
    wants(1) ? (transB ? product(g, true, a, transA) : product(a, !transA, g, false)) : undefined,
  ];
}

function gemm(emit: Emitter, alpha: number): Product {
  return (a, transA, b, transB) =>
    emit.op("Gemm", [a, b], {
      ...(alpha !== 1 && { alpha }),
      ...(transA && { transA: 1 }),
      ...(transB && { transB: 1 }),
    });
}

/** The last two axes exchanged. */
function transposed(emit: Emitter, matrix: string): string {
  const perm = emit.shape(matrix).map((_, axis) => axis);
  perm.push(...perm.splice(-2).toReversed());
  return emit.op("Transpose", [matrix], { perm });
}

/** Gradients of a stack of products; the walk sums over stack axes that were broadcast. */
const stacked: GradientRule = ({ emit, x, dy, wants }) => {
  const [a, b, g] = [x[0]!, x[1]!, dy[0]!];
  // One matrix for the whole stack: its gradient is one product over all rows.
  const isShared = emit.rank(b) === 2;
  const rows = (value: string) => emit.reshape(value, ["rows", emit.shape(value).at(-1)!]);
  const byB = () =>
    isShared ? gemm(emit, 1)(rows(a), true, rows(g), false) : emit.op("MatMul", [transposed(emit, a), g]);
  return [wants(0) ? emit.op("MatMul", [g, transposed(emit, b)]) : undefined, wants(1) ? byB() : undefined];
};

/** MatMul with a vector on one side or both, as products with broadcasting. */
const withVector: GradientRule = ({ emit, x, dy, wants }) => {
  const [a, b, g] = [x[0]!, x[1]!, dy[0]!];
  const axis = (value: string, at: number) => emit.op("Unsqueeze", [value, emit.integers([at])]);
  if (emit.rank(b) === 1) {
    const column = emit.rank(a) === 1 ? g : axis(g, -1);
    return [wants(0) ? emit.mul(column, b) : undefined, wants(1) ? emit.mul(column, a) : undefined];
  }
  const row = axis(g, -2);
  return [
    wants(0) ? emit.sum(emit.mul(row, b), [emit.rank(b) - 1], "drop") : undefined,
    wants(1) ? emit.mul(row, axis(a, -1)) : undefined,
  ];
};

export const matmul = {
  // Y = alpha · A' · B' + beta · C
  Gemm: (context) => {
    const { emit, node, dy, x } = context;
    const byC = x[2] && context.wants(2) ? emit.scale(dy[0]!, floatOf(node, "beta", 1)) : undefined;
    return [...productGradients(context, gemm(emit, floatOf(node, "alpha", 1))), byC];
  },
  MatMul: (context) => {
    const ranks = context.x.map((value) => context.emit.rank(value));
    if (ranks.includes(1)) return withVector(context);
    return ranks.every((rank) => rank === 2) ? productGradients(context, gemm(context.emit, 1)) : stacked(context);
  },
  FusedMatMul: (context) => {
    const { node, emit } = context;
    if (intOf(node, "transBatchA", 0) === 1 || intOf(node, "transBatchB", 0) === 1) {
      throw new UnsupportedError(
        "no-gradient",
        `${node.op} "${node.name}": expected transBatchA = transBatchB = 0, got 1. Transpose in a node of its own.`,
      );
    }
    const alpha = floatOf(node, "alpha", 1);
    return productGradients(context, (a, transA, b, transB) =>
      emit.op("FusedMatMul", [a, b], {
        ...(alpha !== 1 && { alpha }),
        ...(transA && { transA: 1 }),
        ...(transB && { transB: 1 }),
      }),
    );
  },
} as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
