import { InputError, nearestName, NotFoundError } from "../../base/index.js";
import { system } from "../audit/chain.js";
import { openDatabase } from "../store/open-database.js";
import { Store, type StoreOptions } from "../store/store.js";
import { linkForUser, type NewLink } from "./links.js";
import { nameKey } from "./person.js";

export interface GivenLink extends NewLink {
  readonly name: string;
  readonly role: string;
}

/**
 * Makes somebody's one-time link where nobody can sign in to make it: whoever can open the store may.
 * @throws NotFoundError `no-store`, `unknown-account`; InputError `account-disabled`, `store-in-use` while a server runs
 */
export async function giveLink(options: Pick<StoreOptions, "folder" | "database">, name: string): Promise<GivenLink> {
  // A folder without a store stays without one.
  await (await openDatabase(options.folder, { ...options, mustExist: true })).close();
  const store = await Store.open(options);
  try {
    const people = await store.db.selectFrom("users").selectAll().orderBy("name_key").execute();
    const user = people.find(({ name_key: key }) => key === nameKey(name));
    if (user === undefined) throw unknownAccount(name, people);
    if (user.state === "disabled") throw new InputError("account-disabled", `account "${user.name}": expected one that may sign in, got a disabled one. An administrator enables it in the workbench.`);
    return await store.write(async ({ tx, note }) => {
      note({ actor: system, action: "link.make", subject: user.id, details: { by: "command line" } });
      return { ...(await linkForUser(tx, user)), name: user.name, role: user.role };
    });
  } finally {
    await store.close();
  }
}

function unknownAccount(name: string, people: readonly { readonly name: string; readonly role: string }[]): NotFoundError {
  const nearest = nearestName(name, people.map((one) => one.name));
  const administrators = people.filter(({ role }) => role === "administrator").map((one) => one.name);
  const known = administrators.length === 0 ? "Nobody is an administrator yet: osteon serve prints the link of the first start." : `Administrators: ${administrators.join(", ")}.`;
  return new NotFoundError("unknown-account", `account "${name}": expected the name of somebody of this workbench, got another. ${nearest === undefined ? "" : `Did you mean "${nearest}"? `}${known}`);
}
