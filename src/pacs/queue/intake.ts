import { createHash, randomBytes } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { freeBytes } from "./durable.js";
import type { QueueLayout } from "./layout.js";

/** Takes one object as it comes. */
export interface Intake {
  write(chunk: Uint8Array): Promise<number | undefined>;
  /** @returns 0 once the object is lasting, else the DIMSE status of the refusal */
  finish(): Promise<number>;
  discard(): Promise<void>;
}

export interface Origin {
  /** SOPInstanceUID. */
  readonly instance: string;
  readonly origin: string;
  /** What stands before the data set in the file. */
  readonly head?: Uint8Array;
}

export interface IntakeOptions {
  readonly layout: QueueLayout;
  /** Bytes of the disk below which nothing is taken. */
  readonly reserveBytes: number;
  /** Takes the whole file, synced, into the queue. */
  readonly enter: (written: { readonly contentSha256: string; readonly temporary: string }) => Promise<void>;
}

const outOfResources = 0xa700;

/** Begins to take an object; a status where the disk is too full. */
async function begin(head: Uint8Array | undefined, { layout, reserveBytes }: IntakeOptions): Promise<{ handle: FileHandle; temporary: string } | number> {
  const free = await freeBytes(layout.folder);
  if (free !== undefined && free < reserveBytes) return outOfResources;
  const temporary = layout.at("incoming", `${randomBytes(12).toString("hex")}.part`);
  const handle = await open(temporary, "wx", 0o600);
  try {
    if (head !== undefined) await handle.writeFile(head);
    return { handle, temporary };
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Takes an object piece by piece. Nothing of it is in the queue before `finish` gives 0. */
export function openIntake({ head }: Pick<Origin, "head">, options: IntakeOptions): Intake {
  const begun = begin(head, options).catch(() => outOfResources);
  const hash = createHash("sha256");
  const drop = async (): Promise<void> => {
    const opened = await begun;
    if (typeof opened === "number") return;
    await opened.handle.close().catch(() => {});
    await rm(opened.temporary, { force: true });
  };
  return {
    write: async (chunk) => {
      const opened = await begun;
      if (typeof opened === "number") return opened;
      try {
        hash.update(chunk);
        await opened.handle.writeFile(chunk);
        return undefined;
      } catch {
        return outOfResources;
      }
    },
    finish: async () => {
      const opened = await begun;
      if (typeof opened === "number") return opened;
      try {
        await opened.handle.sync();
        await opened.handle.close();
        await options.enter({ contentSha256: hash.digest("hex"), temporary: opened.temporary });
        return 0;
      } catch {
        await drop();
        return outOfResources;
      }
    },
    discard: drop,
  };
}
