import { OsteonError } from "../../base/index.js";
import type { DicomWebClient } from "../dicomweb/client.js";
import { textIn } from "../dicomweb/json-model.js";
import { statusText } from "../dimse/associate.js";
import type { CommitmentDesk } from "../dimse/commitment.js";
import type { Peer } from "../dimse/peer.js";
import { find } from "../dimse/query.js";
import { isStored, store } from "../dimse/store.js";

/** Names of an object that was or will be stored. */
export interface StoredNames {
  readonly sopClass: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

export interface Stored {
  readonly instance: string;
  /** `later`: the destination may take it another time; `never`: it does not take such objects. */
  readonly outcome: "stored" | "later" | "never";
  readonly reason?: string;
}

/** Where results go. */
export interface Destination {
  /** Which of the objects it has; undefined where it cannot be asked. */
  has(names: readonly StoredNames[], signal?: AbortSignal): Promise<Set<string> | undefined>;
  /** @throws OsteonError where it is away */
  store(files: readonly Uint8Array[], names: readonly StoredNames[], signal?: AbortSignal): Promise<Stored[]>;
  close(): void;
}

/** Statuses that tell of a shortage or a passing fault and not of the object. */
function isPassing(status: number): boolean {
  return (status >= 0xa700 && status <= 0xa7ff) || status === 0x0110 || status === 0x0124 || status === 0x0210 || status === 0x0213;
}

function outcomeOf(instance: string, status: number | undefined): Stored {
  if (isStored(status)) return { instance, outcome: "stored" };
  if (status === undefined) return { instance, outcome: "never", reason: "such objects, or their encoding, are not taken" };
  return { instance, outcome: isPassing(status) ? "later" : "never", reason: `status ${statusText(status)}` };
}

/** A DICOMweb server: STOW-RS to store, QIDO-RS to ask. */
export function webDestination(client: DicomWebClient): Destination {
  return {
    has: async (names, signal) => {
      const found = new Set<string>();
      await Promise.all(
        names.map(async ({ study, series, instance }) => {
          try {
            for await (const dataset of client.search({ level: "instances", study, series, match: { SOPInstanceUID: instance }, limit: 1, signal })) {
              if (textIn(dataset, "SOPInstanceUID") === instance) found.add(instance);
            }
          } catch (error) {
            // Some servers answer that a study they do not have cannot be searched.
            if (!(error instanceof OsteonError) || error.code !== "dicomweb-missing") throw error;
          }
        }),
      );
      return found;
    },
    store: async (files, names, signal) => {
      const { stored, failed } = await client.store(files, { signal });
      return names.map(({ instance }) => {
        const failure = failed.find((one) => one.instance === instance);
        if (failure !== undefined) return outcomeOf(instance, failure.reason);
        return stored.includes(instance) ? { instance, outcome: "stored" } : { instance, outcome: "later", reason: "not named in the answer" };
      });
    },
    close: () => client.close(),
  };
}

/** A DIMSE peer: C-STORE to store, C-FIND to ask, or storage commitment where a desk for its reports is given. */
export function dimseDestination(peer: Peer, desk?: CommitmentDesk): Destination {
  let canBeAsked = true;
  return {
    has: async (names, signal) => {
      if (desk !== undefined) return new Set((await desk.ask(peer, names, signal)).committed);
      if (!canBeAsked) return undefined;
      const found = new Set<string>();
      for (const { study, series, instance } of names) {
        try {
          const answers = await find(peer, { level: "IMAGE", match: { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance }, limit: 1, signal });
          if (answers.some(({ SOPInstanceUID = [] }) => SOPInstanceUID.includes(instance))) found.add(instance);
        } catch (error) {
          if (!(error instanceof OsteonError) || error.code !== "dimse-status") throw error;
          // A peer that stores may offer no searches.
          canBeAsked = false;
          return undefined;
        }
      }
      return found;
    },
    store: async (files, _names, signal) => (await store(peer, files, signal)).map(({ instance, status }) => outcomeOf(instance, status)),
    close: () => {},
  };
}
