import { InputError } from "../../base/index.js";

/** Certificates of a TLS connection, PEM. */
export interface DimseTls {
  /** Authorities that are trusted instead of the system's. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Another application and how this one calls itself to it. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  /** AE title of the other application. */
  readonly title: string;
  /** Own AE title. */
  readonly callingTitle: string;
  readonly tls?: DimseTls;
  /** Longest silence; default 60,000. */
  readonly timeoutMs?: number;
}

/**
 * An AE title as the standard allows it.
 * @throws InputError `ae-title`
 * @see DICOM PS3.5 section 6.2
 */
export function checkTitle(title: string, what = "AE title"): string {
  if (/^[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?$/.test(title)) return title;
  throw new InputError("ae-title", `${what}: expected 1 to 16 printable characters without backslash, got ${title.length} characters of another kind. Correct it.`);
}

/** `TITLE@host:port`, as dcmtk's users know it. */
export function parsePeer(text: string, callingTitle: string): Peer {
  const found = /^([^@]+)@(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  if (found === null || port < 1 || port > 65_535) throw new InputError("dimse-peer", `DIMSE address: expected TITLE@host:port, got "${text.slice(0, 60)}". For example: ORTHANC@localhost:4242.`);
  return { title: checkTitle(found[1]!, "AE title of the peer"), host: found[2]!.replaceAll(/[[\]]/g, ""), port, callingTitle: checkTitle(callingTitle, "own AE title") };
}
