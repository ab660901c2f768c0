import type { ReactNode } from "react";
import type { Finding } from "../../server/contract.js";
import { useSpeech } from "../shell/speech.js";
import { sayFinding } from "../words/say-finding.js";

/** What betrays the class, and what to do. */
export function FindingText({ finding }: { readonly finding: Finding }): ReactNode {
  const { title, text } = sayFinding(useSpeech(), finding);
  return (
    <>
      <strong>{title}</strong>: {text}
    </>
  );
}
