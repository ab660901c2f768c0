// The process that does Osteon's side of a comparison. It answers each line "run" with the seconds one piece of work
// took, and "end" with its peak memory.
import { createInterface } from "node:readline";
import { peakMemoryMb } from "./peak-memory.js";
import { prepare } from "./osteon-work.js";
import { workFromArguments } from "./work.js";

const run = await prepare(workFromArguments(process.argv.slice(2)));
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  const start = performance.now();
  await run();
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000 }));
}
console.log(JSON.stringify({ peakMb: peakMemoryMb() }));
process.exit(0);
