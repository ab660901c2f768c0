import { useState, type FormEvent, type ReactNode } from "react";
import { roles, type Role, type User } from "../../../server/contract.js";
import { SelectField, TextField } from "../../parts/fields.js";
import { Paged } from "../../parts/paged.js";
import { Failure, Notice } from "../../parts/states.js";
import { server, useAct } from "../../shell/server.js";
import { useMe } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";

interface Given {
  readonly name: string;
  readonly path: string;
  readonly expiresAt: string;
}

export function PeoplePage(): ReactNode {
  const { t, moment } = useSpeech();
  const me = useMe();
  const [turn, setTurn] = useState(0);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("reader");
  const [group, setGroup] = useState("");
  const [given, setGiven] = useState<Given>();
  const { act, isBusy, error } = useAct();
  const invite = (event: FormEvent): void => {
    event.preventDefault();
    void act(async () => {
      const { user, link } = await server.call("makeUser", { body: { name, role, ...(group.trim() !== "" && { group }) } });
      setGiven({ name: user.name, ...link });
      setName("");
      setTurn(turn + 1);
    });
  };
  const change = (user: User, body: { readonly role?: Role; readonly state?: "active" | "disabled"; readonly unlock?: boolean }): void => void act(async () => {
    await server.call("changeUser", { params: { user: user.id }, body });
    setTurn(turn + 1);
  });
  return (
    <>
      <div className="head"><h1>{t("people.title")}</h1></div>
      {error && <Failure error={error} />}
      {given && <Notice kind="good"><p>{t("people.link", { name: given.name, date: moment(given.expiresAt) })}</p><code id="link">{`${location.origin}${given.path}`}</code></Notice>}
      <div className="workplace">
        <Paged key={turn} name="users" call={{ query: { limit: 200 } }}>
          {(users) => (
            <div className="card scroll">
              <table>
                <thead><tr><th>{t("shell.name")}</th><th>{t("people.role")}</th><th>{t("shell.state")}</th><th>{t("account.lastSeen")}</th><th><span className="unseen">{t("people.actions")}</span></th></tr></thead>
                <tbody>
                  {users.map((user) => (
                    <tr key={user.id}>
                      <th scope="row">{user.name}{user.group && <><br /><small className="quiet">{user.group}</small></>}</th>
                      <td>{user.id === me.id ? t(`role.${user.role}`) : <select aria-label={`${t("people.role")}: ${user.name}`} value={user.role} onChange={(event) => change(user, { role: event.target.value as Role })}>{roles.map((value) => <option key={value} value={value}>{t(`role.${value}`)}</option>)}</select>}</td>
                      <td><span className={`chip ${user.state}`}>{t(`people.state.${user.state}`)}</span> {user.lockedUntil && <small className="wrong">{t("people.locked", { date: moment(user.lockedUntil) })}</small>}</td>
                      <td className="when">{user.lastSeenAt ? moment(user.lastSeenAt) : "–"}</td>
                      <td><div className="row nowrap">
                        <button type="button" disabled={isBusy} aria-label={`${t("people.newLink")}: ${user.name}`} onClick={() => void act(async () => setGiven({ name: user.name, ...(await server.call("makeLink", { params: { user: user.id } })) }))}>{t("people.newLink")}</button>
                        {user.lockedUntil && <button type="button" onClick={() => change(user, { unlock: true })}>{t("people.unlock")}</button>}
                        {user.id !== me.id && <button type="button" aria-label={`${t(user.state === "disabled" ? "people.enable" : "people.disable")}: ${user.name}`} onClick={() => change(user, { state: user.state === "disabled" ? "active" : "disabled" })}>{t(user.state === "disabled" ? "people.enable" : "people.disable")}</button>}
                      </div></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Paged>
        <section className="card">
          <h2>{t("people.invite")}</h2>
          <form onSubmit={invite}>
            <TextField label={t("shell.name")} name="name" required minLength={2} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
            <SelectField label={t("people.role")} value={role} options={roles.map((value) => ({ value, text: t(`role.${value}`) }))} onPick={(value) => setRole(value as Role)} />
            <TextField label={t("people.group")} name="group" maxLength={80} value={group} onChange={(event) => setGroup(event.target.value)} />
            <button className="main" type="submit" disabled={isBusy}>{t("people.invite")}</button>
          </form>
        </section>
      </div>
    </>
  );
}
