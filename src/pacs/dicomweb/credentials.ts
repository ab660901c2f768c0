import { readFile, stat } from "node:fs/promises";
import { InputError } from "../../base/index.js";
import { withFileErrors } from "../../files/index.js";

/** How a server is told who asks. Never part of a message or a record. */
export type Credentials = { readonly kind: "basic"; readonly user: string; readonly password: string } | { readonly kind: "bearer"; readonly token: string };

/** Value of the Authorization header. */
export function authorizationOf(credentials: Credentials): string {
  return credentials.kind === "bearer" ? `Bearer ${credentials.token}` : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, "utf8").toString("base64")}`;
}

/** Longest secret that is read. */
const maxSecretBytes = 64 * 1024;

/**
 * A secret from a file: all of it without the line end.
 * @param shown how messages call the file
 * @throws InputError `secret-file` where others on this machine may read the file too
 */
export async function readSecretFile(file: string, shown: string): Promise<string> {
  const { mode, size } = await withFileErrors(shown, () => stat(file));
  // Windows tells no such bits.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new InputError("secret-file", `${shown}: expected a secret that only its owner can read, got mode ${(mode & 0o777).toString(8)}. Run: chmod 600 FILE.`);
  }
  if (size > maxSecretBytes) throw new InputError("secret-file", `${shown}: expected a secret of at most ${maxSecretBytes} bytes, got ${size}. Name the right file.`);
  const secret = (await withFileErrors(shown, () => readFile(file, "utf8"))).replace(/[\r\n]+$/, "");
  if (secret === "" || /[\r\n\0]/.test(secret)) throw new InputError("secret-file", `${shown}: expected one line with a secret, got ${secret === "" ? "none" : "several"}. Name the right file.`);
  return secret;
}
