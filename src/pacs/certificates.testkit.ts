import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Why tests with certificates are passed over, or false where they can be made. */
export const noOpenssl: string | false = existsSync("/usr/bin/openssl") ? false : "openssl is not installed";

export interface Certificates {
  /** PEM texts: an authority, a certificate of it for this machine, and a stranger that nobody vouches for. */
  readonly own: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly stranger: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Makes certificates that last two days: `ca.pem`, `own.pem`, `own.key`, `stranger.pem`, `stranger.key` in the folder. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = (...args: string[]): Promise<unknown> => run("openssl", args, { cwd: folder });
  for (const name of ["ca", "stranger"]) await openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.pem`);
  await writeFile(path.join(folder, "san"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  await openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "own.key", "-out", "own.csr");
  await openssl("x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "san", "-out", "own.pem");
  const read = (name: string): Promise<string> => readFile(path.join(folder, name), "utf8");
  const stranger = await read("stranger.pem");
  return { own: { ca: await read("ca.pem"), cert: await read("own.pem"), key: await read("own.key") }, stranger: { ca: stranger, cert: stranger, key: await read("stranger.key") } };
}
