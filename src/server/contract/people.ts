import { z } from "zod";
import { idSchema, momentSchema, pageOf, pageQuery } from "./basics.js";
import { roles, scopes, type RouteFacts } from "./route.js";
import { administrators } from "./route.js";

export const roleSchema = z.enum(roles);
export const userNameSchema = z.string().trim().min(2).max(80).regex(/^[^\p{Cc}<>"]+$/u);
/** Length, not classes of characters; NIST SP 800-63B. */
export const passwordSchema = z.string().min(10).max(200);

export const userSchema = z.object({
  id: idSchema,
  name: z.string(),
  role: roleSchema,
  state: z.enum(["invited", "active", "disabled"]),
  /** Reader's speciality: the group in which reads are analysed. */
  group: z.string().optional(),
  createdAt: momentSchema,
  lastSeenAt: momentSchema.optional(),
  lockedUntil: momentSchema.optional(),
  passkeys: z.number().int(),
});
export type User = z.infer<typeof userSchema>;

export const sessionSchema = z.object({ id: idSchema, createdAt: momentSchema, lastSeenAt: momentSchema, expiresAt: momentSchema, client: z.string(), current: z.boolean() });
export const tokenSchema = z.object({ id: idSchema, name: z.string(), scopes: z.array(z.enum(scopes)), createdAt: momentSchema, expiresAt: momentSchema.optional(), lastUsedAt: momentSchema.optional() });
export const passkeySchema = z.object({ id: idSchema, name: z.string(), createdAt: momentSchema, lastUsedAt: momentSchema.optional() });
export const settingsSchema = z.object({ language: z.enum(["en", "de", "zh"]).optional(), theme: z.enum(["dark", "light", "system"]).optional() });

/** Who is signed in. `csrf` goes into the header `x-csrf-token` of every request that changes something. */
export const meSchema = z.object({ id: idSchema, name: z.string(), role: roleSchema, group: z.string().optional(), settings: settingsSchema, csrf: z.string(), hasPassword: z.boolean() });
export type Me = z.infer<typeof meSchema>;

/** A link that works once; `path` is relative to the server, for example `/welcome#token`. */
export const linkSchema = z.object({ path: z.string(), expiresAt: momentSchema });
const jsonObject = z.looseObject({});
const anyone = roles;
const userParams = z.object({ user: idSchema });

export const peopleRoutes = {
  authState: { method: "GET", path: "/auth", summary: "Ways to sign in", roles: "public", response: z.object({ needsSetup: z.boolean(), passkeys: z.boolean(), openId: z.object({ label: z.string(), path: z.string() }).optional() }) },
  signIn: { method: "POST", path: "/auth/sign-in", summary: "Sign in by name and password", roles: "public", body: z.object({ name: z.string().max(200), password: z.string().max(1000) }), response: meSchema, audit: "sign-in" },
  signOut: { method: "POST", path: "/auth/sign-out", summary: "End this session", roles: anyone, audit: "sign-out" },
  readLink: { method: "POST", path: "/auth/link/read", summary: "Whose a one-time link is", roles: "public", body: z.object({ token: z.string().max(200) }), response: z.object({ kind: z.enum(["setup", "invitation", "reset"]), name: z.string().optional(), role: roleSchema }) },
  useLink: { method: "POST", path: "/auth/link", summary: "Set name and password by a one-time link, and sign in", roles: "public", body: z.object({ token: z.string().max(200), name: userNameSchema.optional(), password: passwordSchema }), response: meSchema, audit: "link.use" },
  passkeySignInOptions: { method: "POST", path: "/auth/passkey/options", summary: "Challenge to sign in by passkey", roles: "public", response: z.object({ challenge: idSchema, options: jsonObject }) },
  passkeySignIn: { method: "POST", path: "/auth/passkey", summary: "Sign in by passkey", roles: "public", body: z.object({ challenge: idSchema, response: jsonObject }), response: meSchema, audit: "sign-in" },
  openIdStart: { method: "GET", path: "/auth/openid", summary: "Go to the identity provider", roles: "public", produces: "text/html", query: z.object({ to: z.string().max(200).optional() }) },
  openIdReturn: { method: "GET", path: "/auth/openid/return", summary: "Come back from the identity provider", roles: "public", produces: "text/html", query: z.looseObject({}), audit: "sign-in" },

  me: { method: "GET", path: "/me", summary: "Who is signed in", roles: anyone, scope: "read", response: meSchema },
  changeMe: { method: "PATCH", path: "/me", summary: "Change language and theme", roles: anyone, scope: "write", body: settingsSchema, response: meSchema, audit: "settings.change" },
  changePassword: { method: "POST", path: "/me/password", summary: "Change the password; all other sessions end", roles: anyone, body: z.object({ current: z.string().max(1000), password: passwordSchema }), audit: "password.change" },
  mySessions: { method: "GET", path: "/me/sessions", summary: "Own sessions", roles: anyone, response: z.array(sessionSchema) },
  endMySession: { method: "DELETE", path: "/me/sessions/:session", summary: "End one of the own sessions", roles: anyone, params: z.object({ session: idSchema }), audit: "session.end" },
  myTokens: { method: "GET", path: "/me/tokens", summary: "Own API tokens", roles: anyone, response: z.array(tokenSchema) },
  makeToken: { method: "POST", path: "/me/tokens", summary: "Make an API token; it is shown once", roles: anyone, body: z.object({ name: z.string().trim().min(1).max(80), scopes: z.array(z.enum(scopes)).min(1), days: z.number().int().min(1).max(3650).optional() }), response: tokenSchema.extend({ token: z.string() }), status: 201, audit: "token.make" },
  revokeToken: { method: "DELETE", path: "/me/tokens/:token", summary: "Revoke an API token", roles: anyone, params: z.object({ token: idSchema }), audit: "token.revoke" },
  myPasskeys: { method: "GET", path: "/me/passkeys", summary: "Own passkeys", roles: anyone, response: z.array(passkeySchema) },
  passkeyOptions: { method: "POST", path: "/me/passkeys/options", summary: "Challenge to register a passkey", roles: anyone, response: z.object({ challenge: idSchema, options: jsonObject }) },
  addPasskey: { method: "POST", path: "/me/passkeys", summary: "Register a passkey", roles: anyone, body: z.object({ challenge: idSchema, name: z.string().trim().min(1).max(80), response: jsonObject }), response: passkeySchema, status: 201, audit: "passkey.add" },
  removePasskey: { method: "DELETE", path: "/me/passkeys/:passkey", summary: "Remove a passkey", roles: anyone, params: z.object({ passkey: idSchema }), audit: "passkey.remove" },

  users: { method: "GET", path: "/users", summary: "Everybody", roles: administrators, scope: "manage", query: pageQuery.extend({ role: roleSchema.optional(), search: z.string().max(80).optional() }), response: pageOf(userSchema) },
  readerNames: { method: "GET", path: "/readers", summary: "Who may be asked to read", roles: ["administrator", "researcher"], scope: "read", response: z.array(userSchema.pick({ id: true, name: true, group: true, state: true })) },
  makeUser: { method: "POST", path: "/users", summary: "Invite a person; answers a one-time link", roles: administrators, scope: "manage", body: z.object({ name: userNameSchema, role: roleSchema, group: z.string().trim().min(1).max(80).optional() }), response: z.object({ user: userSchema, link: linkSchema }), status: 201, audit: "user.make" },
  user: { method: "GET", path: "/users/:user", summary: "A person", roles: administrators, scope: "manage", params: userParams, response: userSchema },
  changeUser: { method: "PATCH", path: "/users/:user", summary: "Change role, group or state; a disabled person's sessions and tokens end", roles: administrators, scope: "manage", params: userParams, body: z.object({ role: roleSchema.optional(), group: z.string().trim().max(80).optional(), state: z.enum(["active", "disabled"]).optional(), unlock: z.boolean().optional() }), response: userSchema, audit: "user.change" },
  makeLink: { method: "POST", path: "/users/:user/link", summary: "One-time link to set a new password", roles: administrators, scope: "manage", params: userParams, response: linkSchema, status: 201, audit: "link.make" },
  userSessions: { method: "GET", path: "/users/:user/sessions", summary: "A person's sessions", roles: administrators, scope: "manage", params: userParams, response: z.array(sessionSchema) },
  endUserSessions: { method: "DELETE", path: "/users/:user/sessions", summary: "End all sessions of a person", roles: administrators, scope: "manage", params: userParams, audit: "session.end" },
} as const satisfies Record<string, RouteFacts>;
