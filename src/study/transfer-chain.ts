import { z } from "zod";
import { DataError } from "../base/index.js";
import type { BundleMetadata } from "../models/index.js";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** One step of the way that starting weights have come. */
const linkSchema = z.strictObject({
  /** The source's name in the recipe: `imagenet` or `run:NAME`. */
  source: z.string().max(200),
  /** File name, without its path. */
  file: z.string().max(1000),
  /** SHA-256 of the file. */
  sha256: hash,
  network: z.string().max(200),
  /** What it was trained to tell apart; absent for published weights, whose files do not say. */
  labels: z.array(z.string().max(1000)).max(100_000).optional(),
  /** SHA-256 of the labels and images it was trained on; absent for published weights. */
  dataSha256: hash.optional(),
});

export type TransferLink = z.infer<typeof linkSchema>;

/** Longest chain that is read. */
const maxLinks = 100;

const recordSchema = z.looseObject({ chain: z.array(linkSchema).max(maxLinks).optional(), dataSha256: hash.optional() });

export interface SourceModel {
  /** The source's name in the recipe. */
  readonly source: string;
  readonly file: string;
  readonly sha256: string;
  readonly metadata: BundleMetadata;
}

/**
 * The chain that a model trained from this one has: what the model file says of its own start, oldest first, and the model itself.
 * @throws DataError `model-chain` for a record that is none
 */
export function chainThrough({ source, file, sha256, metadata }: SourceModel): TransferLink[] {
  const parsed = recordSchema.safeParse(metadata.training);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError("model-chain", `${file}: expected a record of its training, got ${issue!.path.join(".")}: ${issue!.message}. Export the model again.`);
  }
  const { chain = [], dataSha256 } = parsed.data;
  return [...chain, { source, file, sha256, network: metadata.architecture, labels: metadata.labels, ...(dataSha256 !== undefined && { dataSha256 }) }];
}

/** "imagenet, then run:spine". */
export function describeChain(chain: readonly TransferLink[]): string {
  return chain.map(({ source }) => source).join(", then ");
}
