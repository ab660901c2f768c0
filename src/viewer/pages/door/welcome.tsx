import { useEffect, useState, type FormEvent, type ReactNode } from "react";
import type { ResponseOf } from "../../../server/contract.js";
import { TextField } from "../../parts/fields.js";
import { Failure, Loading, Notice } from "../../parts/states.js";
import { navigate } from "../../shell/router.js";
import { server, useAct } from "../../shell/server.js";
import { useSession } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";
import { LanguageChoice } from "./sign-in.js";

/** Page of a one-time link. The token stands behind `#`: browsers send that part to nobody. */
export function Welcome(): ReactNode {
  const { t } = useSpeech();
  const { setMe } = useSession();
  const [token] = useState(() => location.hash.slice(1));
  const [link, setLink] = useState<ResponseOf<"readLink">>();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [refusal, setRefusal] = useState<Error>();
  const { act, isBusy, error } = useAct();
  useEffect(() => {
    document.title = "Osteon";
    if (token !== "") server.call("readLink", { body: { token } }).then(setLink, setRefusal);
  }, [token]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void act(async () => {
      if (password !== again) throw new Error(t("welcome.differ"));
      const me = await server.call("useLink", { body: { token, password, ...(link!.kind === "setup" && { name }) } });
      setMe(me);
      navigate("/", { replace: true });
    });
  };
  return (
    <main id="content" className="narrow">
      <div className="card">
        <h1>Osteon</h1>
        {token === "" && <Notice kind="warn">{t("welcome.noLink")}</Notice>}
        {refusal && <Failure error={refusal} />}
        {token !== "" && link === undefined && refusal === undefined && <Loading />}
        {link && (
          <form onSubmit={submit}>
            <p>{link.kind === "invitation" ? t("welcome.invitation", { role: t(`role.${link.role}`) }) : t(`welcome.${link.kind}`)}</p>
            {link.kind === "setup" ? (
              <TextField label={t("sign.name")} name="name" autoComplete="username" required minLength={2} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
            ) : (
              <TextField label={t("sign.name")} name="name" autoComplete="username" readOnly value={link.name ?? ""} />
            )}
            <TextField label={t("welcome.password")} name="password" type="password" autoComplete="new-password" required minLength={10} value={password} onChange={(event) => setPassword(event.target.value)} />
            <TextField label={t("welcome.repeat")} name="repeat" type="password" autoComplete="new-password" required minLength={10} value={again} onChange={(event) => setAgain(event.target.value)} />
            {error && <Failure error={error} />}
            <button className="main" type="submit" disabled={isBusy}>{t("welcome.go")}</button>
          </form>
        )}
      </div>
      <LanguageChoice />
    </main>
  );
}
