import { DataError, InputError, InternalError, NotFoundError, OsteonError, UnsupportedError } from "../../base/index.js";

/** What the pool sends to a worker. */
export interface WorkerRequest {
  readonly id: number;
  readonly task: string;
  readonly payload: unknown;
}

/** What a worker answers. */
export interface WorkerReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: PackedError;
}

/** An error as plain data: classes do not survive the way between threads. */
export interface PackedError {
  readonly className: string;
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

const classes = { DataError, InputError, InternalError, NotFoundError, UnsupportedError };

export function packError(error: unknown): PackedError {
  if (error instanceof OsteonError) return { className: error.name, code: error.code, message: error.message, stack: error.stack };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { className: "InternalError", code: "worker-task", message: `worker: expected a result, got ${message}. Report this with the file at hand.`, stack };
}

export function unpackError({ className, code, message, stack }: PackedError): OsteonError {
  const Class = classes[className as keyof typeof classes] ?? InternalError;
  const error = new Class(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Memory that can be handed over instead of copied: the plain buffers behind the typed arrays of a result, one level deep. */
export function transferablesOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== "object" || value === null) return [];
  const views = [value, ...Object.values(value)].filter((item): item is Float32Array => item instanceof Float32Array);
  const buffers = views.map(({ buffer }) => buffer).filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
  return [...new Set(buffers)];
}
