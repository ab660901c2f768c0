import type { OperatorName } from "../../graph/index.js";
import type { GradientCase, GradientCases } from "./contract.js";

function product(op: OperatorName, attributes: Record<string, number> = {}, batch: string[] = []): GradientCase {
  return { build: (b, x) => b.op(op, Object.values(x), attributes), linear: ["a", "b"], batch };
}

export const matmulCases: GradientCases = {
  matrices: product("MatMul", {}, ["a"]),
  stacks: product("MatMul", {}, ["a", "b"]),
  "stacks broadcasting both sides": product("MatMul", {}, ["a"]),
  "a stack by a matrix": product("MatMul", {}, ["a"]),
  "a matrix by a stack": product("MatMul", {}, ["b"]),
  "a matrix by a vector": product("MatMul", {}, ["a"]),
  "a stack by a vector": product("MatMul", {}, ["a"]),
  "a vector by a matrix": product("MatMul"),
  "a vector by a stack": product("MatMul", {}, ["b"]),
  "two vectors": product("MatMul"),
  "a matrix by itself": { build: (b, x) => b.op("MatMul", [x["a"]!, x["a"]!]) },
  "linear layer": { ...product("Gemm", { transB: 1 }, ["x"]), linear: ["x", "w", "b"] },
  "gemm with scales and a scalar bias": { ...product("Gemm", { alpha: 0.5, beta: 2 }, ["a"]), linear: ["a", "b", "c"] },
  "gemm A transposed and a column bias": { ...product("Gemm", { transA: 1 }), linear: ["a", "b", "c"] },
  "gemm both transposed": product("Gemm", { alpha: 1.5, transA: 1, transB: 1 }),
  "fused product with transposes": product("FusedMatMul", { alpha: 0.5, transA: 1, transB: 1 }, ["a", "b"]),
};
