/**
 * Everything that the server itself refuses: status, and the sentence in English with its parameters in braces. The code and the
 * parameters are on the wire, so that a page says the same in another language. What rooms refuse of a recipe, a table or an image
 * comes with their own code and their sentence alone.
 */
export const problems = {
  // What is asked, and how.
  "request": [400, "{field}: expected what the API describes, got another value ({problem}). Correct the request."],
  "request-nul": [400, "{field}: expected text without the character NUL, got some with it. Correct the request."],
  "unreadable": [400, "request: expected one that can be read, got another. Correct it."],
  "cursor": [400, 'cursor: expected "next" of a page of this list, got another text. Begin with the first page.'],
  "not-found": [404, "{what}: expected one that exists and that you may see, got none. Check the address."],
  "method": [405, "method: expected {methods}, got {method}. Ask in one of these ways."],
  "body-too-large": [413, "body: expected at most {megabytes} MiB, got more. Send less."],
  "content-encoding": [415, "content-encoding: expected none, got {encoding}. Send the bytes as they are."],
  "content-type": [415, "content-type: expected {expected}, got {type}. Send that."],
  "range": [416, "range: expected bytes within 0 to {last}, got {range}. Ask for less."],
  "host": [421, "host: expected {hosts}, got another name. Start the server with --url and the name it is called by."],
  "version-needed": [428, "if-match: expected the ETag of the version that is changed, got none. Read it first."],
  "changed-since": [412, "if-match: expected {version}, got {given}. Somebody else has changed it: read it again."],
  "too-many-requests": [429, "requests: expected at most {most} a minute, got more. Wait {seconds} s."],
  "internal": [500, "The server failed. What happened stands in its log."],
  "closing": [503, "server: expected one that goes on, got one that is ending. Ask again in a moment."],

  // Who asks.
  "signed-out": [401, "session: expected somebody signed in, got nobody. Sign in."],
  "token": [401, 'authorization: expected "Bearer osteon_..." of a token that is valid, got another. Make a token on your page.'],
  "sign-in": [401, "sign-in: expected a name and its password, got another pair. Try again, or ask an administrator for a link."],
  "locked-out": [429, "sign-in: expected fewer wrong passwords, got too many. Wait {seconds} s, or ask an administrator for a link."],
  "role": [403, "role: expected {roles}, got {role}. Ask an administrator."],
  "scope": [403, 'token: expected the scope "{scope}", got {scopes}. Make another token.'],
  "session-needed": [403, "token: expected a session, got a token: none may do this. Sign in."],
  "csrf": [403, "x-csrf-token: expected the token of this session, got none or another. Reload the page."],
  "cross-site": [403, "request: expected one from a page of this server, got one from another site. Open this server's page."],
  "disabled": [403, "account: expected one in use, got one that was disabled. Ask an administrator."],
  "password": [403, "current: expected your password, got another. Try again."],
  "link": [404, "link: expected one that works, got one that was used or is too old. Ask for another."],
  "name-needed": [400, "name: expected the administrator's name, got none. Give one."],
  "name-taken": [409, "name: expected one that nobody has, got one that is taken. Choose another."],
  "last-administrator": [409, "administrator: expected at least one, got none left. Make another one first."],
  "challenge": [400, "challenge: expected one asked for within five minutes, got another. Begin again."],
  "passkey": [400, "passkey: expected one made for this server and this challenge, got another. Begin again."],
  "passkey-known": [409, "passkey: expected a new one, got one that is registered. Use it to sign in."],
  "openid": [401, "identity provider: expected an answer to a sign-in begun here, got another. Sign in again."],
  "openid-none": [404, "identity provider: expected one that is set up, got none. Start the server with --openid."],

  // Studies, maps and models.
  "study-runs": [409, "study: expected one that does not run, got one that does. Stop it first."],
  "study-idle": [409, "study: expected one that runs, got one that does not. Start or resume it."],
  "study-foreign": [409, "study: expected one that was started here, got one found on disk. Resume it on the command line: osteon study run."],
  "executor-queue": [400, "executor: expected local or slurm, got queue without a PostgreSQL database. Start the server with --database postgres://..."],
  "executor-slurm": [400, "executor: expected local or queue, got slurm on a server that was not told how to start on nodes. Start it with osteon serve."],
  "busy": [503, "heat map: expected fewer to be made at once, got too many. Wait a moment."],
  "map-of-region": [422, "{method}: expected a model of the whole image, got one that cuts a region out. Use the map that the study stored."],
  "map-without-image": [422, "heat map: expected the case's image, got none of the model's size. Put the data set beside the run."],
  "model-damaged": [422, "model: expected the file that the study wrote, got another or none. Restore the run."],

  // Data sets and uploads.
  "dataset-state": [409, "data set: expected one that is ready, got one that is not. Wait for its import."],
  "label-same": [409, "label: expected another one, got the one it has. Choose another."],
  "label-unknown": [422, "label: expected one that the data set has, got {label}. Choose one of its labels, or say that this one is new (isNew)."],
  "upload-too-large": [413, "upload: expected at most {gigabytes} GiB, got more. Send it in parts."],
  "part-too-large": [413, "upload: expected at most {bytes} bytes here, got more; none of them was kept. Send what was announced, in parts of at most {megabytes} MiB."],
  "too-many-uploads": [409, "uploads: expected fewer than {most} open ones, got as many. Finish or remove one."],
  "upload-busy": [409, "upload: expected one sender, got two. Wait for the other."],
  "upload-offset": [409, "offset: expected {expected}, got {offset}. Go on where the server stands."],
  "upload-range": [400, "content-range: expected bytes {offset}-LAST/{size}, got {range}. Say the same as the offset, or leave it out."],
  "upload-digest": [400, "content-digest: expected sha-256=:...: of RFC 9530, got another. Correct it, or leave it out."],
  "upload-damaged": [422, "upload: expected bytes of the part's digest, got others; none of them was kept. Send the part again."],
  "upload-broken": [400, "upload: expected the whole part, got a broken connection. Go on where the server stands."],
  "upload-complete": [409, "upload: expected one that is open, got one that is complete. Import it."],

  // The reading room.
  "study-unfinished": [422, "study: expected one that is finished, got one that is not. Wait for it."],
  "reading-units": [422, "study: expected one that decides on single images, got one that decides on several together. Read it outside, and compare with osteon study readers."],
  "readers": [400, "readers: expected people of the role reader, each once, got others. Whoever sees the study's results cannot read it blind."],
  "cases": [400, "cases: expected cases of the cell, each once, got others. Choose them from the study's list."],
  "cases-few": [400, "cases: expected at most {most} with practice, got {count}. Ask for fewer."],
  "reading-state": [409, "reader study: expected one that is {expected}, got one that is {state}. Reload the page."],
  "reading-has-reads": [409, "reader study: expected one without reads, got one with some. Close it: reads are never removed."],
  "reading-closed": [409, "reader study: expected one that is open, got one that is closed. Ask its coordinator."],
  "session-waiting": [409, "session: expected one that has begun, got one whose time has not come. Come back later."],
  "not-in-front": [409, "case: expected the one to read now, got another. Ask for the next one."],
  "already-submitted": [409, "read: expected none of this case yet, got one submitted before. It cannot be changed: go on with the next case."],
  "submission-used": [409, "submission: expected a name that no other read has, got one that is used. Make a new one."],
  "read-label": [400, "label: expected one of {labels}, got another. Choose one."],
  "read-label-needed": [400, "label: expected one, got none: this study has no passing. Choose one."],
  "read-confidence": [400, "confidence: expected a number from 0 to 100, got none. Give one."],
  "read-marks": [400, "marks: expected none in this study, got some. Send none."],
} as const satisfies Readonly<Record<string, readonly [status: number, sentence: string]>>;

export type ProblemCode = keyof typeof problems;

type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
/** Names of the parameters of a sentence. */
export type ParameterOf<C extends ProblemCode> = NamesIn<(typeof problems)[C][1]>;
export type ProblemParameters<C extends ProblemCode> = { readonly [name in ParameterOf<C>]: string | number };

/** What may be missing: the parameter of `not-found`. */
export const missing = [
  "analysis", "annotation", "answer", "case", "cell", "data set", "DICOM file", "file", "heat map", "model", "model file", "page", "passkey", "path", "person", "picture", "reader study", "route", "session", "study", "token", "upload",
] as const;
export type Missing = (typeof missing)[number];

/** A sentence with its parameters filled in; one that is missing stays in its braces. */
export function fillSentence(sentence: string, parameters: Readonly<Record<string, string | number>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (found, name: string) => String(parameters[name] ?? found));
}
