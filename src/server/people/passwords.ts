import { hash, verify } from "@node-rs/argon2";

/** OWASP's first choice of argon2id (the library's default algorithm): 19 MiB, two passes. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), cost);
}

let stranger: Promise<string> | undefined;

/** Checks a password. Where there is no hash it takes as long, so that names cannot be told from the time. */
export async function checkPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  stranger ??= hashPassword("nobody has this password");
  const isRight = await verify(stored ?? (await stranger), password.normalize("NFKC")).catch(() => false);
  return isRight && stored !== null && stored !== undefined;
}
