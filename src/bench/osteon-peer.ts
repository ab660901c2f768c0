// The process that does Osteon's side of a comparison; its argument is the work as JSON. It answers each line "run" with the
// seconds one piece of work took, and "end" with its peak memory.
import { createInterface } from "node:readline";
import { prepare } from "./osteon-work.js";
import { peakMemoryMb } from "./peak-memory.js";
import type { Work } from "./work.js";

const run = await prepare(JSON.parse(process.argv[2]!) as Work);
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  const start = performance.now();
  await run();
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000 }));
}
console.log(JSON.stringify({ peakMb: peakMemoryMb() }));
process.exit(0);
