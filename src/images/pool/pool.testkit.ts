import { DataError } from "../../base/index.js";
import { serveTasks } from "./serve-tasks.js";

/** A worker that misbehaves on demand. */
export const testTasks = {
  double: (value: number) => value * 2,
  halves: (values: Float32Array) => values.map((value) => value / 2),
  wait: (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms)),
  refuse: (name: string) => {
    throw new DataError("image-empty", `${name}: expected something, got nothing. Bring it.`);
  },
  stumble: () => {
    throw new TypeError("x is not a function");
  },
  exit: (code: number) => process.exit(code),
  throwLater: () => {
    setTimeout(() => {
      throw new Error("outside of any task");
    }, 1);
    return new Promise<never>(() => {});
  },
};

serveTasks(testTasks);
