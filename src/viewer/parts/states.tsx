import { useEffect, useState, type ReactNode } from "react";
import { Link } from "../shell/router.js";
import { ApiError, type Answer } from "../shell/server.js";
import { useSpeech } from "../shell/speech.js";

/** Said only when it takes longer than one notices. */
export function Loading(): ReactNode {
  const { t } = useSpeech();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="loading quiet" role="status">
      {isLate ? t("shell.loading") : ""}
    </p>
  );
}

export function Failure({ error, isPage = false, onAgain }: { readonly error: Error; /** Nothing else is on the page. */ readonly isPage?: boolean; readonly onAgain?: () => void }): ReactNode {
  const { t, error: say } = useSpeech();
  // Trying again would not help: the way leads elsewhere, or through the door, and then to this address.
  const isMissing = isPage && error instanceof ApiError && error.problem.code === "not-found";
  const isSignedOut = error instanceof ApiError && error.problem.code === "signed-out";
  return (
    <div className="notice bad" role="alert">
      <strong>{t("shell.failed")}</strong>
      <p>{say(error)}</p>
      {isMissing ? <Link className="button" to="/">{t("shell.home")}</Link> : isSignedOut ? <button type="button" onClick={() => location.reload()}>{t("sign.in")}</button> : onAgain && <button type="button" onClick={onAgain}>{t("shell.again")}</button>}
    </div>
  );
}

/** Shows an answer when it is there, and otherwise where it is. */
export function Shown<T>({ answer, isPage = false, children }: { readonly answer: Answer<T>; readonly isPage?: boolean; readonly children: (data: T) => ReactNode }): ReactNode {
  const { data, error, isLoading, again } = answer;
  return (
    <>
      {error && <Failure error={error} isPage={isPage} onAgain={again} />}
      {data !== undefined ? children(data) : isLoading ? <Loading /> : null}
    </>
  );
}

export function Notice({ kind = "plain", children }: { readonly kind?: "plain" | "warn" | "bad" | "good"; readonly children: ReactNode }): ReactNode {
  return (
    <div className={`notice ${kind}`} role={kind === "good" ? "status" : undefined}>
      {children}
    </div>
  );
}
