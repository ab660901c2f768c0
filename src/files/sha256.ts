import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { withFileErrors } from "./file-error.js";

/** SHA-256 in lower-case hex of bytes or text. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** SHA-256 in lower-case hex of a file, read as a stream. */
export async function sha256OfFile(file: string): Promise<string> {
  return withFileErrors(file, async () => {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  });
}
