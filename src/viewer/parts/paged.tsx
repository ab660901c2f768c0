import { useEffect, useState, type ReactNode } from "react";
import type { CallOf, QueryOf, ResponseOf, RouteName } from "../../server/contract.js";
import { server, useAct, useAnswer, useSteady } from "../shell/server.js";
import { useSpeech } from "../shell/speech.js";
import { Failure, Shown } from "./states.js";

/** Routes that answer a list by parts. */
type ListRoute = { [N in RouteName]: ResponseOf<N> extends { items: readonly unknown[]; total: number } ? N : never }[RouteName];
type ItemOf<N extends ListRoute> = ResponseOf<N> extends { items: readonly (infer T)[] } ? T : never;
interface Part<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
  readonly total: number;
}

/** A list that is asked for by parts; the next one comes by a button. */
export function Paged<N extends ListRoute>({ name, call, children }: { readonly name: N; readonly call: CallOf<N>; readonly children: (items: readonly ItemOf<N>[], total: number) => ReactNode }): ReactNode {
  const { t, number } = useSpeech();
  const first = useSteady(useAnswer(name, call));
  const [more, setMore] = useState<{ of?: unknown; parts: Part<ItemOf<N>>[] }>({ parts: [] });
  const { act, isBusy, error } = useAct();
  useEffect(() => setMore({ parts: [] }), [first.data]);
  return (
    <Shown answer={first}>
      {(answer) => {
        const data = answer as unknown as Part<ItemOf<N>>;
        const items = [...data.items, ...more.parts.flatMap((part) => part.items)];
        const next = more.parts.length > 0 ? more.parts.at(-1)!.next : data.next;
        const ask = server.call.bind(server) as unknown as (name: N, call: unknown) => Promise<unknown>;
        const goOn = (): Promise<unknown> => act(async () => {
          const { query } = call as { query?: QueryOf<N> };
          const part = (await ask(name, { ...call, query: { ...(query as object), cursor: next } })) as Part<ItemOf<N>>;
          setMore((before) => ({ parts: [...before.parts, part] }));
        });
        return (
          <>
            {children(items, data.total)}
            {error && <Failure error={error} />}
            {next !== undefined && (
              <p className="more">
                <button type="button" onClick={() => void goOn()} disabled={isBusy}>
                  {t("shell.more")}
                </button>{" "}
                <span className="quiet">{t("shell.ofTotal", { shown: number(items.length), total: number(data.total) })}</span>
              </p>
            )}
          </>
        );
      }}
    </Shown>
  );
}
