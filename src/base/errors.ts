/** Which person has to act on an error, as a process exit code and an HTTP status. */
export interface ErrorFacts {
  /** Stable machine-readable word, for example `"weights-shape-mismatch"`. */
  readonly code: string;
  readonly exitCode: number;
  readonly httpStatus: number;
}

/**
 * Base of every error Osteon throws on purpose. The message reads
 * `<subject>: expected <constraint>, got <value>. <Remedy>.`
 * and never carries a patient identifier.
 */
export abstract class OsteonError extends Error implements ErrorFacts {
  abstract readonly exitCode: number;
  abstract readonly httpStatus: number;
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The caller passed something that cannot be meant: a wrong option, key or value. */
export class InputError extends OsteonError {
  readonly exitCode = 2;
  readonly httpStatus = 400;
}

/** The caller named something that does not exist. */
export class NotFoundError extends OsteonError {
  readonly exitCode = 2;
  readonly httpStatus = 404;
}

/** A file or a data set is damaged or contradicts itself: its owner has to act. */
export class DataError extends OsteonError {
  readonly exitCode = 3;
  readonly httpStatus = 422;
}

/** A legitimate wish that Osteon cannot serve yet. */
export class UnsupportedError extends OsteonError {
  readonly exitCode = 4;
  readonly httpStatus = 501;
}

/** Osteon broke its own promise: a bug. */
export class InternalError extends OsteonError {
  readonly exitCode = 70;
  readonly httpStatus = 500;
}
