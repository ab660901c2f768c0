import { spawnSync } from "node:child_process";
import { mainFile, type CliResult } from "./cli.testkit.js";

// Small and read-only disks, in a mount name space of their own that ends with the process.
const mounts = process.platform === "linux" && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
/** Why tests of small disks are skipped; false where they run. */
export const noMounts = mounts ? false : "no permission to mount a small disk";

/** Runs a study whose folder lies on a disk of its own. */
export function onDisk(folder: string, options: string, script: string): CliResult {
  const run = `"${process.execPath}" "${mainFile}" study run shapes.yaml --data labels.csv --threads 1 --out disk/run`;
  const lines = `mkdir -p disk && mount -t tmpfs -o ${options} tmpfs disk || exit 99\nrun() { ${run}; }\n${script}`;
  const { status, stdout, stderr } = spawnSync("unshare", ["-m", "bash", "-c", lines], { cwd: folder, encoding: "utf8", env: { ...process.env, HOME: folder, NODE_TEST_CONTEXT: undefined } });
  return { code: status, stdout, stderr };
}
