import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import os from "node:os";
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

/** Pause between two signs of life, for machines that cannot see this one's processes. */
const beatMs = 20_000;

/** Silence after which a process of another machine is taken for gone. */
const silentAfterMs = 120_000;

/** The process that holds a lock. */
export interface LockHolder {
  readonly pid: number;
  /** The machine it runs on. */
  readonly host: string;
}

/** Who holds a lock; undefined where nobody does who lives: of another machine, where nothing was heard of it for two minutes. */
export async function readLock(file: string): Promise<LockHolder | undefined> {
  const [first = "", second = ""] = (await readFile(file, "utf8").catch(() => "")).split("\n");
  const [pid, host] = [Number.parseInt(first, 10), second === "" ? os.hostname() : second];
  if (!Number.isInteger(pid)) return undefined;
  if (host === os.hostname()) return isAlive(pid) ? { pid, host } : undefined;
  const heardAt = (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
  return Date.now() - heardAt < silentAfterMs ? { pid, host } : undefined;
}

/** Shows to other machines that the holder lives, until the function returned is called. */
function showLife(file: string): () => void {
  const timer = setInterval(() => {
    const now = new Date();
    // A disk that does not answer says nothing of the process.
    utimes(file, now, now).catch(() => undefined);
  }, beatMs);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Takes a folder for this process, so that two runs never write into one another, on one machine or on several that share it. A lock left by a process
 * that is gone is taken over.
 * @returns function that gives the lock back
 * @throws InputError `folder-in-use` naming the process that holds it
 */
export async function lockFile(file: string, subject: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(`${process.pid}\n${os.hostname()}\n`);
      await handle.close();
      const hide = showLife(file);
      return () => {
        hide();
        return rm(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        await withFileErrors(subject, () => Promise.reject(error as Error));
      }
    }
    const holder = await readLock(file);
    if (holder !== undefined && !(holder.pid === process.pid && holder.host === os.hostname())) {
      const where = holder.host === os.hostname() ? "" : ` on ${holder.host}`;
      throw new InputError("folder-in-use", `${subject}: expected a folder no other run is using, got one in use by process ${holder.pid}${where}. Wait for it, end it, or choose another folder.`);
    }
    await rm(file, { force: true });
  }
  throw new InputError("folder-in-use", `${subject}: expected a folder no other run is using, got one that several runs are taking. Start one run at a time.`);
}
