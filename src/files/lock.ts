import { open, readFile, rm } from "node:fs/promises";
import { InputError } from "../base/index.js";
import { withFileErrors } from "./file-error.js";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Takes a folder for this process, so that two runs never write into one another. A lock left by a process that is
 * gone is taken over.
 * @returns function that gives the lock back
 * @throws InputError `folder-in-use` naming the process that holds it
 */
export async function lockFile(file: string, subject: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(`${process.pid}\n`);
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        await withFileErrors(subject, () => Promise.reject(error as Error));
      }
    }
    const pid = Number.parseInt(await readFile(file, "utf8").catch(() => ""), 10);
    if (Number.isInteger(pid) && pid !== process.pid && isAlive(pid)) {
      throw new InputError("folder-in-use", `${subject}: expected a folder no other run is using, got one in use by process ${pid}. Wait for it, end it, or choose another folder.`);
    }
    await rm(file, { force: true });
  }
  throw new InputError("folder-in-use", `${subject}: expected a folder no other run is using, got one that several runs are taking. Start one run at a time.`);
}
