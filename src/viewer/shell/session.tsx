import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import type { Me, Role } from "../../server/contract.js";
import { Loading } from "../parts/states.js";
import { addressOf, takeAnswer } from "./early.js";
import { forgetAnswers, server } from "./server.js";
import { useSpeech } from "./speech.js";
import { wearTheme } from "./theme.js";

interface Session {
  readonly me?: Me;
  readonly setMe: (me: Me | undefined) => void;
}
const SessionContext = createContext<Session>({ setMe: () => undefined });

/** Asks who is signed in before anything else is shown. */
export function SessionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { setLanguage } = useSpeech();
  const [me, setState] = useState<Me | null>();
  const begin = useCallback(
    (next: Me | undefined) => {
      if (next !== undefined) {
        server.setCsrf(next.csrf);
        if (next.settings.language) setLanguage(next.settings.language);
        if (next.settings.theme) wearTheme(next.settings.theme);
      }
      setState(next ?? null);
    },
    [setLanguage],
  );
  const setMe = useCallback(
    (next: Me | undefined) => {
      forgetAnswers();
      begin(next);
    },
    [begin],
  );
  useEffect(() => {
    (takeAnswer<Me>(addressOf("me", {})) ?? server.call("me")).then(begin, () => {
      // Signed out, or a server that does not answer: the door asks again and says which.
      begin(undefined);
    });
  }, [begin]);
  const session = useMemo(() => ({ ...(me && { me }), setMe }), [me, setMe]);
  return <SessionContext value={session}>{me === undefined ? <Loading /> : children}</SessionContext>;
}

export function useSession(): Session {
  return useContext(SessionContext);
}

/** Whoever is signed in; pages behind the door use it. */
export function useMe(): Me {
  const { me } = useSession();
  if (me === undefined) throw new Error("nobody is signed in");
  return me;
}

const makers: readonly Role[] = ["administrator", "researcher"];
export function useIsMaker(): boolean {
  return makers.includes(useMe().role);
}
