import type { ReadBody } from "../../../server/contract.js";

/** A read that was given and is not acknowledged yet. */
export interface Unsent {
  readonly item: string;
  readonly body: ReadBody;
}

const nameOf = (assignment: string): string => `unsent ${assignment}`;

/** Kept in the browser until the server has said that it has it: a closed tab or a server that restarts loses nothing, and the same submission counts once. */
export function keepUnsent(assignment: string, unsent: Unsent): void {
  localStorage.setItem(nameOf(assignment), JSON.stringify(unsent));
}

export function findUnsent(assignment: string): Unsent | undefined {
  const text = localStorage.getItem(nameOf(assignment));
  return text === null ? undefined : (JSON.parse(text) as Unsent);
}

export function dropUnsent(assignment: string): void {
  localStorage.removeItem(nameOf(assignment));
}
