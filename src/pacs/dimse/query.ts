import { DataError, InputError } from "../../base/index.js";
import { associate, dimseStatus, statusText } from "./associate.js";
import { loadDimse } from "./library.js";
import { checkTitle, type Peer } from "./peer.js";

/** Asks whether the peer is there (C-ECHO). */
export async function echo(peer: Peer, signal?: AbortSignal): Promise<void> {
  const { Client, requests } = await loadDimse();
  const request = new requests.CEchoRequest();
  let status: number | undefined;
  request.on("response", (response: { getStatus(): number }) => void (status = response.getStatus()));
  await associate(new Client(), [request], peer, { signal });
  if (status !== dimseStatus.success) throw new DataError("dimse-status", `${peer.title}: expected an answer to C-ECHO, got ${status === undefined ? "none" : `status ${statusText(status)}`}. Look at the peer's log.`);
}

export type FindLevel = "STUDY" | "SERIES" | "IMAGE";

/** Attributes by keyword; several values stand in one list. */
export type FoundAttributes = Readonly<Record<string, readonly string[]>>;

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  const name = (value as { Alphabetic?: unknown } | null | undefined)?.Alphabetic;
  return typeof name === "string" ? [name] : [];
}

/**
 * Searches the study root (C-FIND).
 * @param query match: values by keyword, empty for what is only asked back
 */
export async function find(peer: Peer, { level, match, limit = Infinity, signal }: { readonly level: FindLevel; readonly match: Readonly<Record<string, string>>; readonly limit?: number; readonly signal?: AbortSignal }): Promise<FoundAttributes[]> {
  const { Client, Dataset, requests } = await loadDimse();
  const request = new requests.CFindRequest();
  request.setAffectedSopClassUid("1.2.840.10008.5.1.4.1.2.2.1");
  request.setDataset(new Dataset({ SpecificCharacterSet: "ISO_IR 192", QueryRetrieveLevel: level, ...match }));
  const client = new Client();
  const found: FoundAttributes[] = [];
  let status: number | undefined;
  request.on("response", (response: { getStatus(): number; getDataset(): { getElements(): Record<string, unknown> } | undefined }) => {
    status = response.getStatus();
    const dataset = response.getDataset();
    if ((status !== dimseStatus.pending && status !== dimseStatus.pendingWithWarning) || dataset === undefined) return;
    if (found.length < limit) found.push(Object.fromEntries(Object.entries(dataset.getElements()).map(([keyword, value]) => [keyword, textsOf(value)])));
    else if (found.length === limit) client.cancel(request);
  });
  await associate(client, [request], peer, { signal });
  const cancelled = status === 0xfe00 && found.length >= limit;
  if (status !== dimseStatus.success && !cancelled) throw new DataError("dimse-status", `${peer.title}: expected an answer to C-FIND, got ${status === undefined ? "none: it may not offer that service" : `status ${statusText(status)}`}. Look at the peer's log.`);
  return found;
}

export interface MoveOutcome {
  readonly completed: number;
  readonly failed: number;
}

/**
 * Asks the peer to send objects to an application it knows by AE title (C-MOVE).
 * @throws DataError `dimse-status`
 */
export async function move(peer: Peer, { destination, study, series, instance, signal }: { readonly destination: string; readonly study: string; readonly series?: string; readonly instance?: string; readonly signal?: AbortSignal }): Promise<MoveOutcome> {
  const { Client, requests } = await loadDimse();
  checkTitle(destination, "AE title of the destination");
  if (instance !== undefined && series === undefined) throw new InputError("dimse-move", "C-MOVE: expected the series of an instance, got none. Name it, too.");
  const { CMoveRequest } = requests;
  const request = instance !== undefined ? CMoveRequest.createImageMoveRequest(destination, study, series!, instance) : series !== undefined ? CMoveRequest.createSeriesMoveRequest(destination, study, series) : CMoveRequest.createStudyMoveRequest(destination, study);
  let last: { status: number; completed: number; failed: number } | undefined;
  request.on("response", (response: { getStatus(): number; getCompleted(): number; getFailures(): number }) => {
    const completed = response.getCompleted() ?? last?.completed ?? 0;
    last = { status: response.getStatus(), completed, failed: response.getFailures() ?? last?.failed ?? 0 };
  });
  await associate(new Client(), [request], peer, { signal });
  // 0xB000: some could not be sent, which the counts say.
  if (last === undefined || (last.status !== dimseStatus.success && last.status !== 0xb000)) {
    const why = last === undefined ? "none: it may not offer that service" : last.status === 0xa801 ? `status ${statusText(last.status)}: the destination is not known there` : `status ${statusText(last.status)}`;
    throw new DataError("dimse-status", `${peer.title}: expected an answer to C-MOVE, got ${why}. Let the peer know the destination's AE title, address and port.`);
  }
  return { completed: last.completed, failed: last.failed };
}
