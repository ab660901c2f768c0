import { createHmac } from "node:crypto";
import { z } from "zod";

/** Where an image is on its way. The later state counts where a crash left an image in two. */
export const queueStates = ["received", "outgoing", "done", "refused", "failed"] as const;
export type QueueState = (typeof queueStates)[number];

/** What became of an image: words and hashes, nothing that tells who it is of. */
export const recordSchema = z.object({
  id: z.string(),
  receivedAt: z.string(),
  /** How it came: `dimse:TITLE`, `dicomweb`, `worklist`. */
  origin: z.string(),
  /** Hash of the rules and models that judged it. */
  setup: z.string().optional(),
  rule: z.string().optional(),
  model: z.object({ name: z.string(), sha256: z.string() }).optional(),
  decided: z.string().optional(),
  /** Hash of the series or study that was decided on as one. */
  unit: z.string().optional(),
  /** The other images that went into the decision; the results stand in the record of one of them. */
  members: z.array(z.string()).optional(),
  /** The image in whose record the results stand. */
  lead: z.string().optional(),
  probability: z.number().optional(),
  /** Objects made of it. Their names are hashes; the study's stands here only until they are sent. */
  results: z.array(z.object({ kind: z.string(), sopClass: z.string(), instance: z.string(), series: z.string(), study: z.string().optional() })).optional(),
  /** Why it was left alone or could not be processed. */
  reasons: z.array(z.string()).optional(),
  remarks: z.array(z.string()).optional(),
  /** Seconds that reading, predicting and writing took. */
  seconds: z.number().optional(),
  settledAt: z.string().optional(),
});

/** `recovered` marks what an earlier process may have sent already. */
export type QueueRecord = z.infer<typeof recordSchema> & { readonly recovered?: boolean };

const idPattern = /^[0-9a-f]{24}-[0-9a-f]{12}$/;

export function isQueueId(name: string): boolean {
  return idPattern.test(name);
}

/** Part of an image's name that its SOPInstanceUID gives, under the queue's secret: who has the UID alone cannot tell whether it is here. */
export function uidKey(instance: string, secret: Uint8Array): string {
  return createHmac("sha256", secret).update(instance).digest("hex").slice(0, 24);
}

/** Name of an image in the queue: the same for the same object, another where its content is another. */
export function queueId(key: string, contentSha256: string): string {
  return `${key}-${contentSha256.slice(0, 12)}`;
}
