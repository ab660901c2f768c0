import assert from "node:assert/strict";
import { it } from "node:test";
import { countPhysicalCores, defaultThreads } from "./threads.js";

const processor = (socket: number, core: number) => `processor\t: 0\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;

it("two threads of one core are one core", () => {
  assert.equal(countPhysicalCores([processor(0, 0), processor(0, 1), processor(0, 0), processor(0, 1)].join("\n")), 2);
});

it("cores of two sockets add up", () => {
  assert.equal(countPhysicalCores([processor(0, 0), processor(1, 0)].join("\n")), 2);
});

it("a list without cores says nothing", () => {
  assert.equal(countPhysicalCores("processor\t: 0\nmodel name\t: arm\n"), undefined);
});

it("there is at least one thread", () => {
  assert.ok(defaultThreads() >= 1);
});
