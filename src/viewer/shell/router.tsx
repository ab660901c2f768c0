import { createContext, useContext, useEffect, useMemo, useState, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from "react";

/** Where the page is: parts of the path, and the query. */
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const PlaceContext = createContext<Place>({ parts: [], query: new URLSearchParams() });

function readPlace(): Place {
  return { parts: location.pathname.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(location.search) };
}

/** A page that has given up its connections (see sealPage) can only be left by loading another. */
let isSealed = false;
export function leaveByLoading(): void {
  isSealed = true;
}

export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (isSealed) return  location.assign(to);
  history[replace ? "replaceState" : "pushState"](null, "", to);
  dispatchEvent(new PopStateEvent("popstate"));
}

export function Router({ children }: { readonly children: ReactNode }): ReactNode {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const follow = (): void => setPlace(readPlace());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const address = place.parts.join("/");
  useEffect(() => {
    scrollTo(0, 0);
  }, [address]);
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

export function usePlace(): Place {
  return useContext(PlaceContext);
}

/** One part of the path, by the place that the room's address gives it. */
export function usePart(index: number): string {
  return usePlace().parts[index] ?? "";
}

/** One word of the query, and a way to set several at once; `undefined` takes a word out. */
export function useQuery(): [URLSearchParams, (change: Readonly<Record<string, string | undefined>>) => void] {
  const { query } = usePlace();
  return useMemo(() => {
    const change = (words: Readonly<Record<string, string | undefined>>): void => {
      const next = new URLSearchParams(location.search);
      for (const [key, value] of Object.entries(words)) if (value === undefined || value === "") next.delete(key);
      else next.set(key, value);
      const text = next.toString();
      navigate(`${location.pathname}${text === "" ? "" : `?${text}`}`, { replace: true });
    };
    return [query, change];
  }, [query]);
}

export function Link({ to, onClick, ...rest }: { readonly to: string } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href">): ReactNode {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || isSealed) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}
