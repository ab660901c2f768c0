import { execFile } from "node:child_process";
import { InputError } from "../../base/index.js";

/** Runs one of Slurm's commands and returns what it says. @throws InputError `slurm` */
export async function slurm(command: "sbatch" | "squeue" | "scancel", args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 60_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout.trim());
      const said = stderr.trim() === "" ? error.message : stderr.trim();
      const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
      return reject(new InputError("slurm", isMissing ? `${command}: expected Slurm's commands on this machine, got none. Start the study on a machine that may submit jobs, or choose another --executor.` : `${command}: expected Slurm to accept the job, got: ${said.replaceAll(/\s+/g, " ")}. Correct the options given with --slurm.`));
    });
  });
}

/** States in which a job has not ended. */
const living = ["PENDING", "RUNNING", "CONFIGURING", "COMPLETING", "SUSPENDED", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED", "SPECIAL_EXIT", "RESV_DEL_HOLD"];

/** One element of an array job. */
export interface ArrayElement {
  readonly index: number;
  readonly state: string;
  readonly isAlive: boolean;
}

/**
 * Elements of an array job that Slurm still knows; ended ones are forgotten after some minutes.
 * @returns undefined where Slurm does not answer
 */
export async function elementsOf(job: string): Promise<ArrayElement[] | undefined> {
  let text: string;
  try {
    text = await slurm("squeue", ["--noheader", "--array", "--states=all", `--jobs=${job}`, "--format=%K %T"]);
  } catch (error) {
    // "Invalid job id": all of it is over and forgotten.
    return (error as Error).message.includes("Invalid job id") ? [] : undefined;
  }
  return text.split("\n").flatMap((line) => {
    const [index, state] = line.trim().split(/\s+/);
    return index === undefined || state === undefined || !/^\d+$/.test(index) ? [] : [{ index: Number(index), state, isAlive: living.includes(state) }];
  });
}
