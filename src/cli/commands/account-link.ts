import { giveLink } from "../../server/index.js";
import type { Command } from "../contract.js";
import { databaseOf, databaseOptions, storeOf } from "../store-options.js";

/** Where osteon serve is, if nothing else was said. */
const usualAddress = "http://127.0.0.1:8080";

export const accountLink: Command = {
  description:
    "Prints a link, good once and for 24 hours, by which somebody of a workbench sets a new password: for an administrator whom nobody else can help. The account is unlocked and its sessions end when the link is used; roles, reads and passkeys stay. End the server before, and start it again after. The audit log says that a link was made here.",
  arguments: [{ name: "<name>", description: "name that the account signs in with" }, { name: "[folder]", description: "folder of the workbench (default: the current one)" }],
  options: [...databaseOptions, { flags: "--url <address>", description: "address that people call", default: usualAddress }],
  examples: ["osteon account link Ada", "osteon account link Ada /studies --url https://osteon.example.org", "osteon account link Ada --database postgres://osteon@db/osteon"],
  async run(context, [name, folder], options) {
    const { path, ...given } = await giveLink({ folder: storeOf(context.folder, folder, options), ...databaseOf(options, context.environment) }, name!);
    const link = `${String(options["url"]).replace(/\/+$/, "")}${path}`;
    if (options["json"] === true) context.out(JSON.stringify({ link, ...given }, null, 2));
    else context.out(`Start the server and open this link once, before ${given.expiresAt}, to set a password for ${given.name} (${given.role}):\n  ${link}`);
  },
};
