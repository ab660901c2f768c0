import { useCallback, useEffect, useState, type ReactNode } from "react";
import { ApiError, type ReadBody, type ResponseOf } from "../../../server/contract.js";
import { Failure, Loading, Notice } from "../../parts/states.js";
import { Link, usePart } from "../../shell/router.js";
import { server } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { ReadItem } from "./read-item.js";
import { dropUnsent, findUnsent, keepUnsent, type Unsent } from "./unsent.js";

/** Pause before a read is sent again, and the longest one. */
const [firstPauseMs, longestPauseMs] = [500, 8000];

/** Refusals that sending again will not change: the read is there already, or can no longer be given. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500 && ![408, 425, 429].includes(error.problem.status);
}

/** A blinded session: one case after the other, none twice. */
export function ReadPage(): ReactNode {
  const { t, number, error: say } = useSpeech();
  const assignment = usePart(1);
  const [state, setState] = useState<ResponseOf<"nextItem">>();
  const [failure, setFailure] = useState<Error>();
  const [waiting, setWaiting] = useState<Error>();
  const [isBusy, setBusy] = useState(false);

  /** Sends until it is acknowledged. */
  const deliver = useCallback(async ({ item, body }: Unsent) => {
    for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
      try {
        await server.call("submitRead", { params: { item }, body });
        break;
      } catch (error) {
        if (isFinal(error)) {
          dropUnsent(assignment);
          throw error;
        }
        setWaiting(error as Error);
        await new Promise((go) => setTimeout(go, pause));
      }
    }
    dropUnsent(assignment);
    setWaiting(undefined);
  }, [assignment]);

  const next = useCallback(async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const unsent = findUnsent(assignment);
      if (unsent !== undefined) await deliver(unsent);
      setState(await server.call("nextItem", { params: { assignment } }));
    } catch (error) {
      setFailure(error as Error);
    } finally {
      setBusy(false);
    }
  }, [assignment, deliver]);
  useEffect(() => {
    void next();
  }, [next]);

  const submit = (body: ReadBody): void => {
    keepUnsent(assignment, { item: state!.item!.id, body });
    void next();
  };
  if (state === undefined) return failure ? <><Failure error={failure} onAgain={() => void next()} /><p><Link className="button" to="/read">{t("shell.back")}</Link></p></> : <Loading />;
  const { item } = state;
  return (
    <>
      {failure && <Failure error={failure} onAgain={() => void next()} />}
      {waiting && <Notice kind="warn">{t("read.unsent", { reason: say(waiting) })}</Notice>}
      {item === undefined ? (
        <section className="card">
          <h1>{state.assignment.title}</h1>
          <p>{t("desk.finished")}</p>
          <Link className="button main" to="/read">{t("shell.back")}</Link>
        </section>
      ) : (
        <>
          <div className="head">
            <h1>{t("read.case", { position: number(item.position), total: number(item.total) })}</h1>
            <progress className="grow" max={item.total} value={item.position - 1} aria-label={t("reading.progress")} />
          </div>
          <ReadItem key={item.id} item={item} isBusy={isBusy} onSubmit={submit} />
        </>
      )}
    </>
  );
}
