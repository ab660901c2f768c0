import { randomBytes } from "node:crypto";
import { DataError, InputError } from "../../base/index.js";
import type { BackOff } from "./back-off.js";
import type { Credentials } from "./credentials.js";
import { exchange, type Service } from "./exchange.js";
import { itemsIn, readJsonDataset, tagDigits, textIn, type JsonDataset } from "./json-model.js";
import { boundaryOf, encodeMultipart, readMultipart } from "./multipart.js";
import { openTransport, readAll, type TlsTrust, type Transport } from "./request.js";

export interface DicomWebOptions extends TlsTrust {
  readonly credentials?: Credentials;
  readonly backOff?: BackOff;
  readonly timeoutMs?: number;
  /** How requests are sent; default node:http and node:https. */
  readonly transport?: Transport & { close?: () => void };
}

export type SearchLevel = "studies" | "series" | "instances";

export interface SearchOptions {
  readonly level: SearchLevel;
  /** Only within this study, or this series of it. */
  readonly study?: string;
  readonly series?: string;
  /** Values by keyword; `*` and `?` as the server understands them, dates as `20240101-20241231`. */
  readonly match?: Readonly<Record<string, string>>;
  /** Keywords wanted beside the usual ones. */
  readonly include?: readonly string[];
  /** Names that sound or look alike match, too, where the server can. */
  readonly fuzzy?: boolean;
  /** Most results in all. */
  readonly limit?: number;
  /** Results asked for at once; default 100. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/** Names of a study, a series of it, or an instance. */
export interface ObjectNames {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

export interface StoreOutcome {
  /** SOPInstanceUIDs that the server has now. */
  readonly stored: readonly string[];
  readonly failed: readonly { readonly instance: string; readonly reason: number }[];
}

const json = "application/dicom+json";
/** Answers of searches and metadata. */
const maxJsonBytes = 256 * 1024 * 1024;

function uid(value: string): string {
  if (/^[0-9.]{1,64}$/.test(value)) return value;
  throw new InputError("dicom-uid", "UID: expected at most 64 digits and dots, got something else. Copy it anew.");
}

const pathOf = ({ study, series, instance }: ObjectNames): string => `/studies/${uid(study)}${series === undefined ? "" : `/series/${uid(series)}`}${instance === undefined ? "" : `/instances/${uid(instance)}`}`;

/** A DICOMweb server: QIDO-RS, WADO-RS and STOW-RS of PS3.18. */
export class DicomWebClient {
  readonly service: Service;
  readonly #close: () => void;

  /** @throws InputError `dicomweb-address` */
  constructor(address: string, { credentials, backOff, transport, ...tls }: DicomWebOptions = {}) {
    const base = URL.canParse(address) ? new URL(address) : undefined;
    if (base === undefined || !["http:", "https:"].includes(base.protocol) || base.username !== "") {
      throw new InputError("dicomweb-address", "DICOMweb address: expected http:// or https:// without user and password in it, got something else. Give credentials by file or environment.");
    }
    // A password over an open line is only tolerated within this machine.
    if (credentials !== undefined && base.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(base.hostname)) {
      throw new InputError("dicomweb-address", `${base.host}: expected https:// where credentials are sent, got http://. Use the server's secure address.`);
    }
    const sending = transport ?? openTransport(tls);
    this.#close = () => sending.close?.();
    this.service = { base, transport: sending, ...(credentials && { credentials }), ...(backOff && { backOff }) };
  }

  close(): void {
    this.#close();
  }

  /** Data sets that match, page after page. A server that gives no new ones ends the search. */
  async *search({ level, study, series, match = {}, include = [], fuzzy, limit = Infinity, pageSize = 100, signal }: SearchOptions): AsyncGenerator<JsonDataset> {
    const path = `${study === undefined ? "" : `/studies/${uid(study)}`}${series === undefined ? "" : `/series/${uid(series)}`}/${level}`;
    const seen = new Set<string>();
    const key = level === "studies" ? "StudyInstanceUID" : level === "series" ? "SeriesInstanceUID" : "SOPInstanceUID";
    for (let offset = 0, given = 0; given < limit; ) {
      const wanted = Math.min(pageSize, limit - given);
      const parameters = new URLSearchParams(Object.entries(match).map(([keyword, value]): [string, string] => [checked(keyword), value]));
      for (const keyword of include) parameters.append("includefield", checked(keyword));
      if (fuzzy === true) parameters.set("fuzzymatching", "true");
      parameters.set("limit", String(wanted));
      parameters.set("offset", String(offset));
      const page = await this.#askJson(path, `search of ${level}`, { parameters, signal });
      let fresh = 0;
      for (const dataset of page) {
        const name = textIn(dataset, key) ?? `${offset + fresh}`;
        if (seen.has(name) || given >= limit) continue;
        seen.add(name);
        fresh += 1;
        given += 1;
        yield dataset;
      }
      // A server that ignores limit or offset would else be asked for ever.
      if (fresh === 0 || page.length < wanted) return;
      offset += page.length;
    }
  }

  /** Part 10 files of a study, series or instance, one after another. */
  async *retrieve(names: ObjectNames, { maxBytes = 2 ** 30, signal }: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array> {
    const subject = "retrieval of files";
    const answer = await exchange(this.service, { method: "GET", path: pathOf(names), accept: 'multipart/related; type="application/dicom"; transfer-syntax=*', subject, signal });
    if (answer.status === 204) {
      answer.discard();
      return;
    }
    const type = answer.headers["content-type"] ?? "";
    // Some servers give one file alone.
    if (/^application\/dicom\b(?!\+)/i.test(type)) yield await readAll(answer.body, maxBytes, subject);
    else for await (const { body } of readMultipart(answer.body, boundaryOf(type), { maxPartBytes: maxBytes })) yield body;
  }

  /** One instance whole; asked for again where the line breaks within it. */
  async retrieveInstance(names: Required<ObjectNames>, options: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        for await (const file of this.retrieve(names, options)) return file;
        throw new DataError("dicomweb-answer", "retrieval of an instance: expected one file, got none. The server may have deleted it.");
      } catch (error) {
        options.signal?.throwIfAborted();
        const broken = (error as NodeJS.ErrnoException).code === "ECONNRESET" || (error as NodeJS.ErrnoException).code === "multipart";
        if (!broken || attempt >= 3) throw error;
      }
    }
  }

  /** Attributes without bulk data of all instances below. */
  async metadata(names: ObjectNames, signal?: AbortSignal): Promise<JsonDataset[]> {
    return this.#askJson(`${pathOf(names)}/metadata`, "retrieval of metadata", { signal });
  }

  /** What a `BulkDataURI` of the metadata leads to; only within the same server. */
  async bulkData(uri: string, { maxBytes = 2 ** 30, signal }: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const subject = "retrieval of bulk data";
    const answer = await exchange(this.service, { method: "GET", path: uri, accept: 'multipart/related; type="application/octet-stream", application/octet-stream', subject, signal });
    const type = answer.headers["content-type"] ?? "";
    if (!/^multipart\//i.test(type)) return readAll(answer.body, maxBytes, subject);
    for await (const { body } of readMultipart(answer.body, boundaryOf(type), { maxPartBytes: maxBytes })) return body;
    throw new DataError("dicomweb-answer", `${subject}: expected one part, got none. The server does not follow PS3.18.`);
  }

  /** A picture for people to look at, as the server draws it. */
  async rendered(names: Required<ObjectNames>, { format = "image/jpeg", signal }: { readonly format?: "image/jpeg" | "image/png"; readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const answer = await exchange(this.service, { method: "GET", path: `${pathOf(names)}/rendered`, accept: format, subject: "retrieval of a picture", signal });
    return readAll(answer.body, 256 * 1024 * 1024, "retrieval of a picture");
  }

  /**
   * Stores files in one request; a server that has them already counts as having stored them.
   * @param files Part 10 files, all of one study where `study` is given
   */
  async store(files: readonly Uint8Array[], { study, signal }: { readonly study?: string; readonly signal?: AbortSignal } = {}): Promise<StoreOutcome> {
    const body = encodeMultipart(files, `osteon-${randomBytes(18).toString("hex")}`);
    // 409: none could be stored; the answer says why for each.
    const answer = await exchange(this.service, { method: "POST", path: `/studies${study === undefined ? "" : `/${uid(study)}`}`, accept: json, body, subject: "store", alsoFine: [409], signal });
    const text = (await readAll(answer.body, maxJsonBytes, "store")).toString("utf8");
    const told = readJsonDataset(text.trim() === "" ? {} : parseJson(text, "store"));
    const named = (item: JsonDataset): string => textIn(item, "ReferencedSOPInstanceUID") ?? "";
    const failed = itemsIn(told, "FailedSOPSequence").map((item) => ({ instance: named(item), reason: Number(textIn(item, "FailureReason") ?? 0x0110) }));
    const stored = itemsIn(told, "ReferencedSOPSequence").map(named);
    if (answer.status === 409 && failed.length === 0) throw new DataError("dicomweb-status", "store: expected the failed objects to be named, got status 409 alone. Look at the server's log.");
    return { stored, failed };
  }

  async #askJson(path: string, subject: string, { parameters, signal }: { parameters?: URLSearchParams; signal?: AbortSignal }): Promise<JsonDataset[]> {
    const answer = await exchange(this.service, { method: "GET", path, accept: json, subject, ...(parameters && { parameters }), signal });
    const text = (await readAll(answer.body, maxJsonBytes, subject)).toString("utf8");
    // No match is an empty list, or status 204 without any body.
    if (text.trim() === "") return [];
    const value = parseJson(text, subject);
    return (Array.isArray(value) ? value : [value]).map((one) => readJsonDataset(one));
  }
}

/** A keyword that exists, or a tag. */
function checked(keyword: string): string {
  return /^[0-9A-Fa-f]{8}$/.test(keyword) || keyword === "all" ? keyword : (tagDigits(keyword), keyword);
}

function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DataError("dicom-json", `${subject}: expected JSON, got something else. Check that the address is that of a DICOMweb service.`);
  }
}
