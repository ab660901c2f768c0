import { DataError, InputError, InternalError, NotFoundError, OsteonError, UnsupportedError } from "../../base/index.js";

/** An error between processes. */
export interface ErrorMessage {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
}

const classes: Readonly<Record<string, new (code: string, message: string) => OsteonError>> = { DataError, InputError, InternalError, NotFoundError, UnsupportedError };

export function packError(error: unknown): ErrorMessage {
  if (error instanceof OsteonError) return { name: error.name, code: error.code, message: error.message };
  const { name = "Error", message = String(error), stack } = (error ?? {}) as Partial<Error>;
  return { name, message, ...(stack !== undefined && { stack }) };
}

export function unpackError({ name, code, message, stack }: ErrorMessage): Error {
  const known = classes[name];
  if (known !== undefined && code !== undefined) return new known(code, message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
