import type { Me } from "../../../server/contract.js";
import { server } from "../../shell/server.js";


function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function toText(buffer: ArrayBuffer | null): string | undefined {
  return buffer === null ? undefined : btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const withBytes = (list: unknown): PublicKeyCredentialDescriptor[] => ((list ?? []) as { id: string }[]).map((entry) => ({ ...entry, id: toBytes(entry.id) }) as unknown as PublicKeyCredentialDescriptor);

/** Signs in by a passkey of this device; WebAuthn's JSON form on the wire. */
export async function signInByPasskey(): Promise<Me> {
  const { challenge, options } = await server.call("passkeySignInOptions");
  const json = options;
  const given = (await navigator.credentials.get({ publicKey: { ...json, challenge: toBytes(json["challenge"] as string), allowCredentials: withBytes(json["allowCredentials"]) } })) as PublicKeyCredential;
  const response = given.response as AuthenticatorAssertionResponse;
  return server.call("passkeySignIn", {
    body: {
      challenge,
      response: {
        id: given.id, rawId: given.id, type: given.type, clientExtensionResults: given.getClientExtensionResults(),
        response: { clientDataJSON: toText(response.clientDataJSON), authenticatorData: toText(response.authenticatorData), signature: toText(response.signature), userHandle: toText(response.userHandle) },
      },
    },
  });
}

/** Registers a passkey of this device for whoever is signed in. */
export async function addPasskey(name: string): Promise<void> {
  const { challenge, options } = await server.call("passkeyOptions");
  const json = options;
  const user = json["user"] as { id: string };
  const made = (await navigator.credentials.create({ publicKey: { ...json, challenge: toBytes(json["challenge"] as string), user: { ...user, id: toBytes(user.id) }, excludeCredentials: withBytes(json["excludeCredentials"]) } as unknown as PublicKeyCredentialCreationOptions })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  await server.call("addPasskey", {
    body: {
      challenge,
      name,
      response: {
        id: made.id, rawId: made.id, type: made.type, clientExtensionResults: made.getClientExtensionResults(),
        response: { clientDataJSON: toText(response.clientDataJSON), attestationObject: toText(response.attestationObject), transports: response.getTransports() },
      },
    },
  });
}
