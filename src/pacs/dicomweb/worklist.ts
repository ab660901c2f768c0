import { DataError } from "../../base/index.js";
import type { DicomWebClient } from "./client.js";
import { exchange } from "./exchange.js";
import { encodeJsonDataset, itemsIn, readJsonDataset, tagDigits, textIn, type JsonDataset, type JsonInputs } from "./json-model.js";
import { readAll } from "./request.js";

/** Images that a work item asks to be looked at. */
export interface WorkInput {
  readonly study: string;
  readonly series?: string;
  /** SOPInstanceUIDs; all of the study or series where none are named. */
  readonly instances: readonly string[];
}

export interface WorkItem {
  readonly uid: string;
  readonly state: string;
  readonly label?: string;
  /** Code value of what is to be done. */
  readonly code?: string;
  readonly inputs: readonly WorkInput[];
}

export interface WorkOutput {
  readonly study: string;
  readonly series: string;
  readonly sopClass: string;
  readonly instance: string;
}

const json = "application/dicom+json";
const maxAnswerBytes = 64 * 1024 * 1024;

function readItem(dataset: JsonDataset): WorkItem {
  const inputs = itemsIn(dataset, "InputInformationSequence").flatMap((input): WorkInput[] => {
    const study = textIn(input, "StudyInstanceUID");
    if (study === undefined) return [];
    const series = textIn(input, "SeriesInstanceUID");
    return [{ study, ...(series !== undefined && { series }), instances: itemsIn(input, "ReferencedSOPSequence").flatMap((one) => textIn(one, "ReferencedSOPInstanceUID") ?? []) }];
  });
  const label = textIn(dataset, "ProcedureStepLabel");
  const code = itemsIn(dataset, "ScheduledWorkitemCodeSequence").map((one) => textIn(one, "CodeValue"))[0];
  return { uid: textIn(dataset, "SOPInstanceUID") ?? "", state: textIn(dataset, "ProcedureStepState") ?? "", ...(label !== undefined && { label }), ...(code !== undefined && { code }), inputs };
}

/**
 * Work items of a server by UPS-RS: found, claimed, followed up, and finished.
 * @see DICOM PS3.18 section 11, PS3.4 annex CC; IHE AI Workflow for Imaging
 */
export class WorklistClient {
  readonly #client: DicomWebClient;

  constructor(client: DicomWebClient) {
    this.#client = client;
  }

  /** Items that wait to be done. */
  async search(match: Readonly<Record<string, string>> = {}, { limit = 100, signal }: { readonly limit?: number; readonly signal?: AbortSignal } = {}): Promise<WorkItem[]> {
    const parameters = new URLSearchParams({ ProcedureStepState: "SCHEDULED", ...match, limit: String(limit) });
    for (const keyword of Object.keys(match)) tagDigits(keyword);
    const answer = await exchange(this.#client.service, { method: "GET", path: "/workitems", accept: json, parameters, subject: "search of the worklist", signal });
    const found = await this.#read(answer.body, "search of the worklist");
    return found.map(readItem).filter(({ uid }) => uid !== "");
  }

  /** The item as it is now. */
  async retrieve(uid: string, signal?: AbortSignal): Promise<WorkItem> {
    const answer = await exchange(this.#client.service, { method: "GET", path: `/workitems/${uid}`, accept: json, subject: "retrieval of a work item", signal });
    const [item] = await this.#read(answer.body, "retrieval of a work item");
    if (item === undefined) throw new DataError("worklist-answer", "retrieval of a work item: expected one, got none. The server may have deleted it.");
    return { ...readItem(item), uid };
  }

  /**
   * Takes an item: whoever comes second is refused by the server.
   * @param transaction the claimer's secret UID for this item; the same one may claim again after a crash
   * @returns whether it is this caller's now
   */
  async claim(uid: string, transaction: string, signal?: AbortSignal): Promise<boolean> {
    return this.#changeState(uid, transaction, "IN PROGRESS", signal);
  }

  /** Tells how far the work is, 0..1, and what is being done. */
  async update(uid: string, transaction: string, { share, text, outputs }: { readonly share?: number; readonly text?: string; readonly outputs?: readonly WorkOutput[] }, signal?: AbortSignal): Promise<void> {
    const progress: JsonInputs[] = share === undefined && text === undefined ? [] : [{ ProcedureStepProgress: share === undefined ? undefined : Math.round(share * 100), ProcedureStepProgressDescription: text }];
    const series = new Map<string, WorkOutput[]>();
    for (const output of outputs ?? []) series.set(output.series, [...(series.get(output.series) ?? []), output]);
    const written = encodeJsonDataset({
      TransactionUID: transaction,
      ProcedureStepProgressInformationSequence: progress.length === 0 ? undefined : progress,
      UnifiedProcedureStepPerformedProcedureSequence:
        outputs === undefined
          ? undefined
          : [
              {
                OutputInformationSequence: [...series.values()].map((ofSeries) => ({
                  TypeOfInstances: "DICOM",
                  StudyInstanceUID: ofSeries[0]!.study,
                  SeriesInstanceUID: ofSeries[0]!.series,
                  ReferencedSOPSequence: ofSeries.map(({ sopClass, instance }) => ({ ReferencedSOPClassUID: sopClass, ReferencedSOPInstanceUID: instance })),
                })),
              },
            ],
    });
    const answer = await exchange(this.#client.service, {
      method: "POST", path: `/workitems/${uid}`, parameters: new URLSearchParams({ "transaction-uid": transaction }), accept: json, body: bodyOf(written), subject: "update of a work item", signal,
    });
    answer.discard();
  }

  async complete(uid: string, transaction: string, signal?: AbortSignal): Promise<boolean> {
    return this.#changeState(uid, transaction, "COMPLETED", signal);
  }

  async cancel(uid: string, transaction: string, signal?: AbortSignal): Promise<boolean> {
    return this.#changeState(uid, transaction, "CANCELED", signal);
  }

  /** False where the server says that the item is in a state that does not allow it, or another's. */
  async #changeState(uid: string, transaction: string, state: string, signal?: AbortSignal): Promise<boolean> {
    const body = bodyOf(encodeJsonDataset({ TransactionUID: transaction, ProcedureStepState: state }));
    const answer = await exchange(this.#client.service, { method: "PUT", path: `/workitems/${uid}/state`, accept: json, body, subject: "change of a work item's state", alsoFine: [400, 409, 410], signal });
    answer.discard();
    return answer.status < 300;
  }

  async #read(body: AsyncIterable<Uint8Array>, subject: string): Promise<JsonDataset[]> {
    const text = (await readAll(body, maxAnswerBytes, subject)).toString("utf8");
    if (text.trim() === "") return [];
    try {
      const value = JSON.parse(text) as unknown;
      return (Array.isArray(value) ? value : [value]).map((one) => readJsonDataset(one));
    } catch (cause) {
      throw new DataError("dicom-json", `${subject}: expected JSON, got something else. Check that the address is that of a worklist.`, { cause });
    }
  }
}

function bodyOf(dataset: JsonDataset): { contentType: string; parts: Uint8Array[]; length: number } {
  const bytes = Buffer.from(JSON.stringify(dataset));
  return { contentType: json, parts: [bytes], length: bytes.length };
}
