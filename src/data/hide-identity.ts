import { createHmac } from "node:crypto";
import { holdsIdentity } from "../dicom/index.js";

/** What a header says of who the patient is. */
export interface IdentityFacts {
  readonly words: ReadonlySet<string>;
  readonly uids: Readonly<Record<string, string>>;
}

/**
 * Replaces each part of a path, and each word of a sentence, that repeats a patient's name or number, or a UID.
 * @param own of the file that a path leads to: its words are looked for inside of others too, as in "DOEJANE_spine"
 */
export type Hide = (text: string, own?: IdentityFacts) => string;

/** Shortest word that is looked for inside of others. */
const leastInside = 4;

function fold(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/**
 * Hides what identifies patients in paths and messages. One name is always replaced by the same word.
 * @param key what the replacements come from
 */
export function createHide(facts: readonly IdentityFacts[], key: Uint8Array): Hide {
  const words = new Set(facts.flatMap((one) => [...one.words]));
  const uids = new Set(facts.flatMap((one) => Object.values(one.uids)));
  const known = new Map<string, string>();
  const tells = (part: string, own: IdentityFacts | undefined): boolean => {
    if (holdsIdentity(part, words) || (part.match(/\d+(\.\d+)+/g) ?? []).some((uid) => uids.has(uid))) return true;
    const folded = fold(part);
    return [...(own?.words ?? [])].some((word) => word.length >= leastInside && folded.includes(word));
  };
  const replace = (part: string, own: IdentityFacts | undefined): string => {
    const shown = known.get(part);
    if (shown !== undefined) return shown;
    if (part.trim() === "" || !tells(part, own)) return part;
    const extension = /\.(dcm|dicom|ima|png|jpe?g|csv|pdf|zip)$/i.exec(part)?.[0].toLowerCase() ?? "";
    known.set(part, `hidden-${createHmac("sha256", key).update(`path\n${part}`).digest("hex").slice(0, 10)}${extension}`);
    return known.get(part)!;
  };
  return (text, own) => {
    // Parts of a path are kept whole, as names hold spaces; a sentence ends its words at spaces.
    const isSentence = own === undefined && /[:,;(] ?/.test(text);
    return text
      .split("/")
      .map((part) => (isSentence ? part.split(" ").map((word) => replace(word, own)).join(" ") : replace(part, own)))
      .join("/");
  };
}
