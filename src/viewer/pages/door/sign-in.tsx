import { useEffect, useState, type FormEvent, type ReactNode } from "react";
import { SelectField, TextField } from "../../parts/fields.js";
import { Failure, Notice } from "../../parts/states.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useSession } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";
import { languageNames, languages, type Language } from "../../words/index.js";
import { signInByPasskey } from "./passkey.js";

export function LanguageChoice(): ReactNode {
  const { t, language, setLanguage } = useSpeech();
  return <SelectField label={t("shell.language")} value={language} onPick={(value) => setLanguage(value as Language)} options={languages.map((value) => ({ value, text: languageNames[value] }))} />;
}

export function SignIn(): ReactNode {
  const { t } = useSpeech();
  const { setMe } = useSession();
  const ways = useAnswer("authState", {});
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const { act, isBusy, error } = useAct();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void act(async () => setMe(await server.call("signIn", { body: { name, password } })));
  };
  useEffect(() => {
    document.title = `${t("sign.title")} · Osteon`;
  }, [t]);
  return (
    <main id="content" className="narrow">
      <div className="card">
        <h1 className="row"><img src="/icon.svg" alt="" width="32" height="32" /> Osteon</h1>
        {ways.error && <Failure error={ways.error} onAgain={ways.again} />}
        {ways.data?.needsSetup && <Notice kind="warn">{t("sign.setup")}</Notice>}
        <form onSubmit={submit}>
          <p />
          <TextField label={t("sign.name")} name="name" autoComplete="username" required value={name} onChange={(event) => setName(event.target.value)} />
          <TextField label={t("sign.password")} name="password" type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
          {error && <Failure error={error} />}
          <div className="row">
            <button className="main" type="submit" disabled={isBusy}>{t("sign.in")}</button>
            {ways.data?.passkeys && typeof PublicKeyCredential !== "undefined" && (
              <button type="button" disabled={isBusy} onClick={() => void act(async () => setMe(await signInByPasskey()))}>{t("sign.passkey")}</button>
            )}
            {ways.data?.openId && <a className="button" href={ways.data.openId.path}>{ways.data.openId.label}</a>}
          </div>
        </form>
      </div>
      <LanguageChoice />
    </main>
  );
}
