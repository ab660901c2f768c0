import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import fc from "fast-check";
import { arrayRanges, batchScript } from "./batch-script.js";

test("ranges of an array name each number once", () => {
  assert.equal(arrayRanges([7, 1, 2, 3, 3, 9, 10]), "1-3,7,9-10");
  fc.assert(
    fc.property(fc.array(fc.nat(60), { minLength: 1 }), (numbers) => {
      const named = arrayRanges(numbers).split(",").flatMap((range) => {
        const [first, last = first] = range.split("-").map(Number) as [number, number?];
        return Array.from({ length: last - first + 1 }, (_, i) => first + i);
      });
      assert.deepEqual(named, [...new Set(numbers)].sort((a, b) => a - b));
    }),
  );
});

test("a shell reads the words of the script as they were meant, whatever is in them", { skip: process.platform === "win32" }, () => {
  const run = "/data/run of O'Neil; rm -rf $HOME `id`";
  const script = batchScript({ run, study: "spine", threads: 4, tasks: [1, 2, 3], atOnce: 2, command: ["printf", "<%s>"] });
  const said = execFileSync("bash", ["-c", script], { encoding: "utf8", env: { ...process.env, SLURM_ARRAY_TASK_ID: "2", SLURM_ARRAY_JOB_ID: "77" } });
  assert.match(said, /^<worker><--run><\/data\/run of O'Neil; rm -rf \$HOME `id`><--task><2><--name><[^>]*:77><--json>$/);
  assert.match(script, /^#!\/bin\/bash\n(#SBATCH .*\n)*#SBATCH --array=1-3%2\n(#SBATCH .*\n)*#SBATCH --cpus-per-task=4\n/);
});
