import { execFile } from "node:child_process";
import type { Finding } from "./contract.js";

/** Values stand in angle brackets or quotes after what they are of; they may tell who the patient is. */
function withoutValues(line: string): string {
  return line.replaceAll(/(\[\d+\] = )<[^>]*>/g, "$1<masked>").replaceAll(/"[^"]*"/g, "<masked>").replaceAll(/(value )<[^>]*>( for value)/g, "$1<masked>$2");
}

/**
 * What dciodvfy of dicom3tools says of a file.
 * @param program where it is; found on the PATH by default
 * @returns undefined where the program is not there
 */
export async function runDciodvfy(file: string, { program = "dciodvfy", timeoutMs = 60_000 }: { readonly program?: string; readonly timeoutMs?: number } = {}): Promise<Finding[] | undefined> {
  const { said, missing } = await new Promise<{ said: string; missing: boolean }>((resolve) => {
    execFile(program, [file], { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, encoding: "latin1" }, (error, _out, err) => {
      resolve({ said: err, missing: (error as NodeJS.ErrnoException | null)?.code === "ENOENT" });
    });
  });
  if (missing) return undefined;
  return said.split("\n").flatMap((line): Finding[] => {
    const found = /^(Error|Warning) - (.*)$/.exec(line.trim());
    return found === null ? [] : [{ severity: found[1] === "Error" ? "error" : "warning", source: "dciodvfy", code: "dciodvfy", message: withoutValues(found[2]!) }];
  });
}
