import type { ExplanationAudit, MethodAudit } from "../../explain/index.js";

/** A case that a network gets right although its map lies less on the region than an even map would. */
export interface ElsewhereCase {
  readonly cell: string;
  readonly case: string;
  readonly label: string;
  /** Share of the map inside the region, and what an even map would have. */
  readonly relevance: number;
  readonly regionShare: number;
}

/** Right cases of a cell whose region is known, and how many of them it looks elsewhere on. */
export interface ElsewhereCount {
  readonly cell: string;
  readonly right: number;
  readonly elsewhere: number;
}

/** An audit as results.json holds it: without the readings, which are a table of their own, and without times. */
export type StoredAudit = Omit<ExplanationAudit, "readings" | "seconds" | "methods"> & { readonly methods: readonly Omit<MethodAudit, "seconds">[] };

export type CellAudit = { readonly cell: string } & (StoredAudit | { readonly notAudited: string });

/** Key `explanationAudit` of results.json. */
export interface ExplanationAuditResult {
  readonly elsewhere: { readonly counts: readonly ElsewhereCount[]; readonly cases: readonly ElsewhereCase[] };
  /** Where the recipe asks for it. */
  readonly audits?: readonly CellAudit[];
}
