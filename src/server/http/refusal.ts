import { OsteonError } from "../../base/index.js";
import type { Problem } from "../contract/basics.js";
import { fillSentence, problems, type Missing, type ParameterOf, type ProblemCode, type ProblemParameters } from "../contract/problems.js";

/** Most MiB of a JSON body. */
export const jsonMegabytes = 4;

interface Beside {
  readonly issues?: Problem["issues"];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is no success, said on purpose: a code of the table, and what stands in its sentence. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly issues: Problem["issues"];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, parameters: Readonly<Record<string, string | number>>, { issues, headers = {} }: Beside) {
    super(fillSentence(problems[code][1], parameters));
    this.name = "Refusal";
    this.code = code;
    this.parameters = parameters;
    this.issues = issues;
    this.headers = headers;
  }

  get status(): number {
    return problems[this.code][0];
  }
}

type Said<C extends ProblemCode> = [ParameterOf<C>] extends [never] ? [parameters?: Readonly<Record<never, never>>, beside?: Beside] : [parameters: ProblemParameters<C>, beside?: Beside];

export function refusal<C extends ProblemCode>(code: C, ...[parameters = {}, beside = {}]: Said<C>): Refusal {
  return new Refusal(code, parameters, beside);
}

export const notFound = (what: Missing): Refusal => refusal("not-found", { what });

const titles: Readonly<Record<number, string>> = {
  400: "Bad request", 401: "Signed out", 403: "Not allowed", 404: "Not found", 405: "Not allowed here", 406: "Not acceptable", 408: "Too slow", 409: "Conflict", 410: "Gone", 412: "Changed since", 413: "Too large", 414: "Address too long", 415: "Unsupported type", 416: "Outside the file",
  421: "Misdirected", 422: "Cannot be used", 428: "Version needed", 429: "Too many requests", 431: "Headers too large", 500: "Internal error", 501: "Not supported", 503: "Not now",
};

/** A path of this machine in a message is nobody's business over HTTP: its last part remains. */
export function withoutPaths(text: string): string {
  return text.replaceAll(/(?<![\w:/.])(?:[A-Za-z]:)?(?:[/\\][\w .@+-]+){2,}/g, (found) => found.split(/[/\\]/).at(-1)!);
}

type SaidProblem = Problem & { readonly headers: Readonly<Record<string, string>> };

function sayRefusal(refused: Refusal, status = refused.status): SaidProblem {
  const { code, message, parameters, issues, headers } = refused;
  return { type: "about:blank", title: titles[status] ?? "Refused", status, code, detail: message, parameters, ...(issues && { issues }), headers };
}

/** What a failure looks like on the wire. */
export function problemOf(error: unknown): SaidProblem {
  if (error instanceof Refusal) return sayRefusal(error);
  if (error instanceof OsteonError) return { type: "about:blank", title: titles[error.httpStatus] ?? "Refused", status: error.httpStatus, code: error.code, detail: withoutPaths(error.message), headers: {} };
  const { statusCode: status = 500 } = error as { statusCode?: number };
  // What the HTTP library itself refuses: broken JSON, bodies too large, unknown media types. Its words are not repeated.
  if (status === 413) return sayRefusal(refusal("body-too-large", { megabytes: jsonMegabytes }));
  if (status === 415) return sayRefusal(refusal("content-type", { expected: "application/json", type: "another" }));
  if (status === 503) return sayRefusal(refusal("closing"));
  if (status >= 400 && status < 500) return sayRefusal(refusal("unreadable"), status);
  return sayRefusal(refusal("internal"));
}
