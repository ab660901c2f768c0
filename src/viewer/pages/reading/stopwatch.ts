import { useEffect, useRef, useState } from "react";

interface Kept {
  readonly item: string;
  readonly seconds: number;
}
const place = "seconds in view";

/** Seconds that a case was in view: the clock stands still while the tab is hidden, and goes on where it was after a closed tab. */
export class Stopwatch {
  readonly #item: string;
  #seconds: number;
  #since: number | undefined;
  constructor(item: string) {
    this.#item = item;
    const kept = JSON.parse(localStorage.getItem(place) ?? "null") as Kept | null;
    this.#seconds = kept?.item === item ? kept.seconds : 0;
  }
  get seconds(): number {
    return this.#seconds + (this.#since === undefined ? 0 : (performance.now() - this.#since) / 1000);
  }
  go(): void {
    this.#since ??= performance.now();
  }
  stop(): void {
    this.#seconds = this.seconds;
    this.#since = undefined;
    this.keep();
  }
  keep(): void {
    localStorage.setItem(place, JSON.stringify({ item: this.#item, seconds: this.seconds } satisfies Kept));
  }
}

/** Runs while the picture is there and the tab is in view; answers whole seconds for the eye. */
export function useStopwatch(item: string | undefined, isRunning: boolean): [watch: React.RefObject<Stopwatch | undefined>, seconds: number] {
  const watch = useRef<Stopwatch>(undefined);
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    watch.current = item === undefined ? undefined : new Stopwatch(item);
    setSeconds(Math.floor(watch.current?.seconds ?? 0));
  }, [item]);
  useEffect(() => {
    const mine = watch.current;
    if (mine === undefined || !isRunning) return undefined;
    const follow = (): void => (document.hidden ? mine.stop() : mine.go());
    follow();
    const timer = setInterval(() => {
      mine.keep();
      setSeconds(Math.floor(mine.seconds));
    }, 500);
    document.addEventListener("visibilitychange", follow);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", follow);
      mine.stop();
    };
  }, [item, isRunning]);
  return [watch, seconds];
}
