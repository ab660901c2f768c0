import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { FastifyRequest } from "fastify";
import { refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { UserRow } from "../store/tables.js";
import type { Workbench } from "../workbench.js";
import type { Person } from "./person.js";

const webAuthn = () => import("@simplewebauthn/server");

interface Challenge {
  readonly challenge: string;
  /** Whose passkey is registered; nobody's for a sign-in. */
  readonly user?: string;
  readonly until: number;
}

const livesMs = 5 * 60_000;
/** Open challenges that are remembered at most: older ones go first. */
const most = 10_000;
const open = new Map<string, Challenge>();

function keep(challenge: string, user?: string): string {
  const id = newId();
  open.set(id, { challenge, until: Date.now() + livesMs, ...(user !== undefined && { user }) });
  if (open.size > most) open.delete(open.keys().next().value!);
  return id;
}

/** A challenge is used once. */
function take(id: string, user?: string): string {
  const found = open.get(id);
  open.delete(id);
  if (found === undefined || found.until < Date.now() || found.user !== user) throw refusal("challenge");
  return found.challenge;
}

/** The site that a passkey belongs to. */
function siteOf({ publicUrl }: Workbench, request: FastifyRequest): { readonly origin: string; readonly id: string } {
  const url = new URL(publicUrl ?? `${request.protocol}://${request.host}`);
  return { origin: url.origin, id: url.hostname };
}

type Transports = ("ble" | "cable" | "hybrid" | "internal" | "nfc" | "smart-card" | "usb")[];

export async function beginPasskey(bench: Workbench, request: FastifyRequest, person: Person): Promise<{ challenge: string; options: Record<string, unknown> }> {
  const { id } = siteOf(bench, request);
  const known = await bench.store.db.selectFrom("passkeys").select(["credential_id", "transports"]).where("user_id", "=", person.id).execute();
  const options = await (await webAuthn()).generateRegistrationOptions({
    rpName: "Osteon", rpID: id, userName: person.name, userID: new Uint8Array(Buffer.from(person.id)), attestationType: "none",
    excludeCredentials: known.map((row) => ({ id: row.credential_id, transports: JSON.parse(row.transports) as Transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { challenge: keep(options.challenge, person.id), options: options as unknown as Record<string, unknown> };
}

export async function addPasskey(bench: Workbench, request: FastifyRequest, person: Person, { challenge, name, response }: { readonly challenge: string; readonly name: string; readonly response: unknown }): Promise<{ id: string; name: string; createdAt: string }> {
  const { id, origin } = siteOf(bench, request);
  const { verifyRegistrationResponse } = await webAuthn();
  const verified = await verifyRegistrationResponse({ response: response as RegistrationResponseJSON, expectedChallenge: take(challenge, person.id), expectedOrigin: origin, expectedRPID: id }).catch(() => undefined);
  if (verified?.verified !== true) throw refusal("passkey");
  const { credential } = verified.registrationInfo;
  const row = { id: newId(), user_id: person.id, name, credential_id: credential.id, public_key: Buffer.from(credential.publicKey).toString("base64url"), counter: credential.counter, transports: JSON.stringify(credential.transports ?? []), created_at: now(), last_used_at: null };
  await bench.store.write(async ({ tx }) => {
    if (await tx.selectFrom("passkeys").select("id").where("credential_id", "=", credential.id).executeTakeFirst()) throw refusal("passkey-known");
    await tx.insertInto("passkeys").values(row).execute();
  });
  return { id: row.id, name, createdAt: row.created_at };
}

export async function beginPasskeySignIn(bench: Workbench, request: FastifyRequest): Promise<{ challenge: string; options: Record<string, unknown> }> {
  const options = await (await webAuthn()).generateAuthenticationOptions({ rpID: siteOf(bench, request).id, userVerification: "required" });
  return { challenge: keep(options.challenge), options: options as unknown as Record<string, unknown> };
}

/** Whose passkey answered the challenge; undefined where nobody's did. */
export async function finishPasskeySignIn(bench: Workbench, request: FastifyRequest, { challenge, response }: { readonly challenge: string; readonly response: Record<string, unknown> }): Promise<UserRow | undefined> {
  const expected = take(challenge);
  const { id, origin } = siteOf(bench, request);
  if (typeof response["id"] !== "string") return undefined;
  const passkey = await bench.store.db.selectFrom("passkeys").selectAll().where("credential_id", "=", response["id"]).executeTakeFirst();
  const user = passkey && (await bench.store.db.selectFrom("users").selectAll().where("id", "=", passkey.user_id).where("state", "=", "active").executeTakeFirst());
  if (passkey === undefined || user === undefined) return undefined;
  const { verifyAuthenticationResponse } = await webAuthn();
  const verified = await verifyAuthenticationResponse({
    response: response as unknown as AuthenticationResponseJSON, expectedChallenge: expected, expectedOrigin: origin, expectedRPID: id,
    credential: { id: passkey.credential_id, publicKey: new Uint8Array(Buffer.from(passkey.public_key, "base64url")), counter: passkey.counter, transports: JSON.parse(passkey.transports) as Transports },
  }).catch(() => undefined);
  if (verified?.verified !== true) return undefined;
  await bench.store.write(({ tx }) => tx.updateTable("passkeys").set({ counter: verified.authenticationInfo.newCounter, last_used_at: now() }).where("id", "=", passkey.id).execute());
  return user;
}
