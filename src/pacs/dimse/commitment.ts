import { randomBytes } from "node:crypto";
import { DataError } from "../../base/index.js";
import { associate, dimseStatus, statusText } from "./associate.js";
import { loadDimse, type Dimse } from "./library.js";
import type { Peer } from "./peer.js";

/** SOP class and well-known instance of the storage commitment push model. @see DICOM PS3.4 annex J */
export const commitmentClass = "1.2.840.10008.1.20.1";
const commitmentInstance = "1.2.840.10008.1.20.1.1";

/** What a peer says of objects that it was asked to be responsible for. */
export interface CommitmentReport {
  readonly transaction: string;
  /** SOPInstanceUIDs. */
  readonly committed: readonly string[];
  readonly failed: readonly string[];
}

type EventRequest = InstanceType<Dimse["requests"]["NEventReportRequest"]>;

/** Reads what came with N-EVENT-REPORT; undefined where it is no report of a commitment. */
export function readReport(request: EventRequest): CommitmentReport | undefined {
  const elements: Readonly<Record<string, unknown>> = request.getDataset()?.getElements() ?? {};
  const transaction = elements["TransactionUID"];
  if (typeof transaction !== "string") return undefined;
  const instances = (keyword: string): string[] => {
    const list = elements[keyword];
    const items = Array.isArray(list) ? (list as unknown[]) : list === undefined || list === null ? [] : [list];
    return items.flatMap((item) => {
      const uid = (item as { ReferencedSOPInstanceUID?: unknown }).ReferencedSOPInstanceUID;
      return typeof uid === "string" ? [uid] : [];
    });
  };
  return { transaction, committed: instances("ReferencedSOPSequence"), failed: instances("FailedSOPSequence") };
}

/** Asks peers whether they have objects for good, and gives their reports, which come later and over another association, to who asked. */
export class CommitmentDesk {
  readonly #waiting = new Map<string, (report: CommitmentReport) => void>();
  readonly #longestMs: number;

  /** @param longestMs how long a report is waited for */
  constructor(longestMs = 60_000) {
    this.#longestMs = longestMs;
  }

  /** @returns false for a report that nobody waits for */
  receive(report: CommitmentReport): boolean {
    const take = this.#waiting.get(report.transaction);
    take?.(report);
    return take !== undefined;
  }

  /**
   * Asks (N-ACTION) and waits for the report.
   * @throws DataError `dimse-status` where the peer does not offer it, `dimse-commitment` where no report comes
   */
  async ask(peer: Peer, objects: readonly { readonly sopClass: string; readonly instance: string }[], signal?: AbortSignal): Promise<CommitmentReport> {
    const { Client, Dataset, requests, responses } = await loadDimse();
    const transaction = `2.25.${BigInt(`0x${randomBytes(16).toString("hex")}`)}`;
    let timer: NodeJS.Timeout | undefined;
    const told = new Promise<CommitmentReport>((resolve, reject) => {
      this.#waiting.set(transaction, resolve);
      const stop = (): void => reject(new DataError("dimse-commitment", `${peer.title}: expected a report of what it has stored, got none in ${Math.round(this.#longestMs / 1000)} seconds. Let the peer know this AE title, address and port.`));
      timer = setTimeout(stop, this.#longestMs);
      signal?.addEventListener("abort", stop, { once: true });
    });
    told.catch(() => {});
    try {
      const request = new requests.NActionRequest(commitmentClass, commitmentInstance, 1);
      request.setDataset(new Dataset({ TransactionUID: transaction, ReferencedSOPSequence: objects.map(({ sopClass, instance }) => ({ ReferencedSOPClassUID: sopClass, ReferencedSOPInstanceUID: instance })) }));
      let status: number | undefined;
      request.on("response", (response: { getStatus(): number }) => void (status = response.getStatus()));
      const client = new Client();
      // Some report at once, over the association that asked.
      client.on("nEventReportRequest", (event: EventRequest, answer: (response: unknown) => void) => {
        const report = readReport(event);
        const response = responses.NEventReportResponse.fromRequest(event);
        response.setStatus(report !== undefined && this.receive(report) ? dimseStatus.success : 0x0110);
        answer(response);
      });
      await associate(client, [request], peer, { signal });
      if (status !== dimseStatus.success) throw new DataError("dimse-status", `${peer.title}: expected storage commitment, got ${status === undefined ? "no answer: it may not offer that service" : `status ${statusText(status)}`}. Leave commit out of the settings, or look at the peer's log.`);
      return await told;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(transaction);
    }
  }
}
