import { useState, type FormEvent, type ReactNode } from "react";
import { scopes, type Scope } from "../../../server/contract.js";
import { Check, SelectField, TextField } from "../../parts/fields.js";
import { Failure, Notice, Shown } from "../../parts/states.js";
import { server, useAct, useAnswer } from "../../shell/server.js";
import { useMe, useSession } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";
import { storedTheme, themes, wearTheme, type Theme } from "../../shell/theme.js";
import { languageNames, languages, type Language } from "../../words/index.js";
import { addPasskey } from "./passkey.js";
import { sayClient } from "./say-client.js";

function Appearance(): ReactNode {
  const { t, language, setLanguage } = useSpeech();
  const [theme, setTheme] = useState(storedTheme);
  const { act, error } = useAct();
  const chooseTheme = (next: Theme): void => {
    setTheme(next);
    wearTheme(next);
    void act(() => server.call("changeMe", { body: { theme: next } }));
  };
  const chooseLanguage = (next: Language): void => {
    setLanguage(next);
    void act(() => server.call("changeMe", { body: { language: next } }));
  };
  return (
    <section className="card">
      <h2>{t("account.appearance")}</h2>
      <div className="row">
        <SelectField label={t("shell.language")} value={language} onPick={(value) => chooseLanguage(value as Language)} options={languages.map((value) => ({ value, text: languageNames[value] }))} />
        <SelectField label={t("shell.theme")} value={theme} onPick={(value) => chooseTheme(value as Theme)} options={themes.map((value) => ({ value, text: t(`theme.${value}`) }))} />
      </div>
      {error && <Failure error={error} />}
    </section>
  );
}

function Password(): ReactNode {
  const { t } = useSpeech();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [isChanged, setChanged] = useState(false);
  const { act, isBusy, error } = useAct();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setChanged(await act(() => server.call("changePassword", { body: { current, password } })));
    setCurrent("");
    setPassword("");
  };
  return (
    <section className="card">
      <h2>{t("account.password")}</h2>
      <form onSubmit={(event) => void submit(event)}>
        <TextField label={t("account.current")} type="password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.target.value)} />
        <TextField label={t("welcome.password")} type="password" autoComplete="new-password" required minLength={10} value={password} onChange={(event) => setPassword(event.target.value)} />
        {error && <Failure error={error} />}
        {isChanged && <Notice kind="good">{t("account.changed")}</Notice>}
        <button type="submit" disabled={isBusy}>{t("shell.save")}</button>
      </form>
    </section>
  );
}

function Sessions(): ReactNode {
  const { t, moment } = useSpeech();
  const answer = useAnswer("mySessions", {});
  const { act, error } = useAct();
  return (
    <section className="card">
      <h2>{t("account.sessions")}</h2>
      {error && <Failure error={error} />}
      <Shown answer={answer}>
        {(sessions) => (
          <div className="scroll">
            <table>
              <thead><tr><th>{t("account.client")}</th><th>{t("account.lastSeen")}</th><th>{t("account.expires")}</th><th><span className="unseen">{t("account.end")}</span></th></tr></thead>
              <tbody>
                {sessions.map(({ id, client, lastSeenAt, expiresAt, current }) => (
                  <tr key={id}>
                    <td title={client}>{sayClient(client) ? t("account.on", sayClient(client)) : client} {current && <span className="chip">{t("account.thisOne")}</span>}</td>
                    <td className="when">{moment(lastSeenAt)}</td>
                    <td className="when">{moment(expiresAt)}</td>
                    <td>{!current && <button type="button" onClick={() => void act(() => server.call("endMySession", { params: { session: id } })).then(answer.again)}>{t("account.end")}</button>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}

function Tokens(): ReactNode {
  const { t, moment, list } = useSpeech();
  const answer = useAnswer("myTokens", {});
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Scope[]>(["read"]);
  const [made, setMade] = useState<string>();
  const { act, isBusy, error } = useAct();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void act(async () => {
      setMade((await server.call("makeToken", { body: { name, scopes: [...chosen] } })).token);
      setName("");
      answer.again();
    });
  };
  return (
    <section className="card">
      <h2>{t("account.tokens")}</h2>
      <Shown answer={answer}>
        {(tokens) => (
          <ul className="plain">
            {tokens.map((token) => (
              <li key={token.id} className="row">
                <strong>{token.name}</strong> <span className="quiet">{list(token.scopes.map((scope) => t(`scope.${scope}`)))} · {moment(token.createdAt)}</span>
                <button type="button" onClick={() => void act(() => server.call("revokeToken", { params: { token: token.id } })).then(answer.again)}>{t("account.revoke")}</button>
              </li>
            ))}
          </ul>
        )}
      </Shown>
      {made && <Notice kind="good"><p>{t("account.tokenOnce")}</p><code>{made}</code></Notice>}
      {error && <Failure error={error} />}
      <form onSubmit={submit}>
        <TextField label={t("shell.name")} required maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
        <fieldset>
          <legend>{t("account.scopes")}</legend>
          <div className="row">{scopes.map((scope) => <Check key={scope} label={t(`scope.${scope}`)} checked={chosen.includes(scope)} onToggle={(on) => setChosen(on ? [...chosen, scope] : chosen.filter((other) => other !== scope))} />)}</div>
        </fieldset>
        <button type="submit" disabled={isBusy || chosen.length === 0}>{t("account.makeToken")}</button>
      </form>
    </section>
  );
}

function Passkeys(): ReactNode {
  const { t, moment } = useSpeech();
  const answer = useAnswer("myPasskeys", {});
  const { act, isBusy, error } = useAct();
  const [name, setName] = useState("");
  return (
    <section className="card">
      <h2>{t("account.passkeys")}</h2>
      <Shown answer={answer}>
        {(keys) => (
          <ul className="plain">
            {keys.map((key) => (
              <li key={key.id} className="row"><strong>{key.name}</strong> <span className="quiet">{moment(key.createdAt)}</span> <button type="button" onClick={() => void act(() => server.call("removePasskey", { params: { passkey: key.id } })).then(answer.again)}>{t("shell.remove")}</button></li>
            ))}
          </ul>
        )}
      </Shown>
      {error && <Failure error={error} />}
      <TextField label={t("shell.name")} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
      <button type="button" disabled={isBusy || name.trim() === ""} onClick={() => void act(() => addPasskey(name)).then(answer.again)}>{t("account.addPasskey")}</button>
    </section>
  );
}

export function AccountPage(): ReactNode {
  const { t } = useSpeech();
  const me = useMe();
  const { setMe } = useSession();
  const { act, error } = useAct();
  return (
    <>
      <div className="head">
        <div><h1>{me.name}</h1><p className="quiet">{t(`role.${me.role}`)}{me.group ? ` · ${me.group}` : ""}</p></div>
        <button type="button" onClick={() => void act(async () => { await server.call("signOut"); setMe(undefined); })}>{t("sign.out")}</button>
      </div>
      {error && <Failure error={error} />}
      <div className="grid2"><Appearance /><Password /><Passkeys /><Tokens /></div>
      <div className="apart"><Sessions /></div>
    </>
  );
}
