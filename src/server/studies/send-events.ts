import { authenticate, authorize } from "../http/authenticate.js";
import { securityHeaders } from "../http/security-headers.js";
import type { Raw } from "../http/answer.js";
import type { Call } from "../http/call.js";
import { routes } from "../contract/routes.js";
import type { StudyEvent, Task } from "../contract/studies.js";
import type { Workbench } from "../workbench.js";
import type { StudyRow } from "./run-catalog.js";

/** Bytes that may wait for a page that does not read; it may come back and is told how things stand. */
const mostWaiting = 4 * 2 ** 20;

/**
 * Sends a study's events until the page closes: first how things stand, with every task and what its epochs showed so far, so that
 * a page that comes back has its curves. A line that says nothing comes now and then, so that a proxy keeps the connection and a
 * closed one is noticed.
 */
export function sendEvents({ request, reply }: Call<"studyEvents">, bench: Workbench, row: StudyRow, tasks: readonly Task[]): Raw {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...securityHeaders(bench.isSecure), "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" });
  let number = 0;
  const send = (event: StudyEvent): void => {
    number += 1;
    if (raw.writableLength > mostWaiting) raw.destroy();
    else raw.write(`id: ${number}\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const close = (): void => {
    clearInterval(beat);
    stop();
    raw.end();
  };
  // Whoever was signed out, or may no longer, is told nothing more.
  const isStillAllowed = (): Promise<boolean> => authenticate(bench.store, request).then((person) => authorize(routes.studyEvents, person, request)).then(() => true, () => false);
  const beat = setInterval(() => void isStillAllowed().then((isAllowed) => (isAllowed ? raw.write(": \n\n") : close())), bench.beatMs);
  beat.unref();
  raw.write("retry: 2000\n\n");
  send({ event: "state", state: row.state as never, ...(row.problem !== null && { problem: row.problem }) });
  const progress = bench.runner.progress(row.id);
  if (progress !== undefined) send({ event: "progress", progress });
  for (const task of tasks) send({ event: "task", task });
  const stop = bench.runner.listen(row.id, send);
  request.raw.on("close", close);
  return { raw: "sent" };
}
