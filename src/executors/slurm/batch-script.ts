/** What an array job is made of. */
export interface BatchScript {
  /** The run's folder. */
  readonly run: string;
  readonly study: string;
  /** Threads of a task. */
  readonly threads: number;
  /** Number of each element's task, in the order of the array. */
  readonly tasks: readonly number[];
  /** The command that starts Osteon. */
  readonly command: readonly string[];
  /** Elements that may run at a time. */
  readonly atOnce?: number;
}

/** A word for the shell. */
function quoted(word: string): string {
  return /^[\w./:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** "1-3,7": numbers in ascending order, as sbatch takes them. */
export function arrayRanges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const number of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(",");
}

/**
 * The script of an array job: an element is a task, its index the task's number. Slurm sends SIGTERM before it ends an element, upon which the task writes a checkpoint;
 * an element that Slurm starts again, after a node failed, goes on from there.
 */
export function batchScript({ run, study, threads, tasks, command, atOnce }: BatchScript): string {
  return [
    "#!/bin/bash",
    `#SBATCH --job-name=${quoted(`osteon-${study}`)}`,
    `#SBATCH --array=${arrayRanges(tasks)}${atOnce === undefined ? "" : `%${atOnce}`}`,
    "#SBATCH --ntasks=1",
    `#SBATCH --cpus-per-task=${threads}`,
    "#SBATCH --requeue",
    "#SBATCH --open-mode=append",
    `#SBATCH --output=${quoted(`${run}/distributed/slurm/%A_%a.txt`)}`,
    "",
    "# exec: the signals that Slurm sends reach the task itself.",
    `exec ${command.map(quoted).join(" ")} worker --run ${quoted(run)} --task "$SLURM_ARRAY_TASK_ID" --name "$(hostname):$SLURM_ARRAY_JOB_ID" --json`,
    "",
  ].join("\n");
}
