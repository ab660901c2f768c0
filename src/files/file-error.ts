import { DataError, OsteonError } from "../base/index.js";

const remedies: Record<string, readonly [expected: string, remedy: string]> = {
  ENOENT: ["an existing file or folder", "Check the path"],
  EACCES: ["permission", "Change the permissions or choose another folder"],
  EPERM: ["permission", "Change the permissions or choose another folder"],
  EROFS: ["a folder that can be written", "Choose a folder on a writable disk"],
  ENOSPC: ["free space on the disk", "Free some space and run the same command again: what is finished is kept"],
  EDQUOT: ["free space in the quota", "Free some space and run the same command again: what is finished is kept"],
  EISDIR: ["a file", "Name a file and not a folder"],
  ENOTDIR: ["a folder", "Name a folder and not a file"],
  EEXIST: ["a free name", "Choose another name"],
  EMFILE: ["fewer open files", "Raise the limit of open files (ulimit -n)"],
  EFBIG: ["a file the disk's format can hold", "Choose another disk"],
  EIO: ["a disk that can be read", "Check the disk: it reported an error"],
};

/**
 * Turns an error of the operating system into one that names the file and the remedy. Any other error is returned as it is.
 * @param subject the file as the user knows it
 */
export function fileError(error: unknown, subject: string): unknown {
  if (error instanceof OsteonError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const known = code === undefined ? undefined : remedies[code];
  if (known === undefined) return error;
  return new DataError(`file-${code!.toLowerCase()}`, `${subject}: expected ${known[0]}, got ${code}. ${known[1]}.`, { cause: error });
}

/** Runs file work and lets only errors out that name the file and the remedy. */
export async function withFileErrors<T>(subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, subject);
  }
}
