import { useCallback, useEffect, useRef, useState } from "react";
import type { CallOf, ResponseOf, RouteName } from "../../server/contract.js";
import { addressOf, askNow, forgetEarly, takeAnswer } from "./early.js";

export { ApiError, pathOf } from "../../server/contract.js";
export { server } from "./early.js";

export interface Answer<T> {
  readonly data?: T;
  readonly error?: Error;
  readonly isLoading: boolean;
  /** Asks anew, and keeps showing what is there until the answer comes. */
  readonly again: () => void;
}

/** What was answered last: shown at once when a page is opened again, while it is asked anew. */
const remembered = new Map<string, unknown>();

export function forgetAnswers(): void {
  remembered.clear();
  forgetEarly();
}

/** Asks a route and follows its arguments; `undefined` asks nothing. */
export function useAnswer<N extends RouteName>(name: N, call: CallOf<N> | undefined): Answer<ResponseOf<N>> {
  const key = call === undefined ? undefined : addressOf(name, call);
  const [state, setState] = useState<{ key?: string; data?: ResponseOf<N>; error?: Error }>({});
  const [turn, setTurn] = useState(0);
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    if (key === undefined) return undefined;
    const controller = new AbortController();
    const asked = takeAnswer<ResponseOf<N>>(key) ?? askNow(name, { ...latest.current, signal: controller.signal });
    asked.then(
      (data) => {
        remembered.set(key, data);
        return controller.signal.aborted ? undefined : setState({ key, data });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setState((before) => ({ ...(before.key === key && before.data !== undefined && { data: before.data }), key, error: error as Error }));
      },
    );
    return () => controller.abort();
  }, [key, name, turn]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  const isCurrent = key !== undefined && state.key === key;
  const data = isCurrent ? state.data : key === undefined ? undefined : (remembered.get(key) as ResponseOf<N> | undefined);
  const error = isCurrent ? state.error : undefined;
  return { ...(data !== undefined && { data }), ...(error !== undefined && { error }), isLoading: key !== undefined && data === undefined && error === undefined, again };
}

/** Goes on showing the last answer until the next one is there: lists and films change without a gap. */
export function useSteady<T>(answer: Answer<T>): Answer<T> {
  const last = useRef<T>(undefined);
  const data = answer.data ?? (answer.isLoading ? last.current : undefined);
  useEffect(() => {
    last.current = data;
  });
  return { ...answer, ...(data !== undefined && { data }) };
}

/** Something to be done at the server: whether it is under way, and how it failed. */
export function useAct(): { readonly act: (work: () => Promise<unknown>) => Promise<boolean>; readonly isBusy: boolean; readonly error?: Error; readonly clear: () => void } {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const act = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (failure) {
      setError(failure as Error);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { act, isBusy, ...(error && { error }), clear };
}
