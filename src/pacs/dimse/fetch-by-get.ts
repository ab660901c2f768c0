import type { Writable } from "node:stream";
import { DataError, InputError } from "../../base/index.js";
import { encodeFileMeta, transferSyntaxes } from "../../dicom/index.js";
import { associate, dimseStatus, statusText } from "./associate.js";
import { loadDimse } from "./library.js";
import { ObjectTaker } from "./object-taker.js";
import type { Peer } from "./peer.js";
import { explicitLittleEndian, implicitLittleEndian } from "./part10.js";
import { find } from "./query.js";
import { storageClasses } from "./storage-classes.js";
import { StoreStream } from "./store-stream.js";

export interface FetchByGetOptions {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
  readonly keep: (file: Uint8Array) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Bytes of one object that are gathered at most. */
const maxObjectBytes = 2 ** 30;

/** Presentation contexts of an association beside that of the request. */
const mostContexts = 127;

/** Encodings, those first that every peer has. */
const syntaxesByUse = [explicitLittleEndian, implicitLittleEndian, "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57"];
const allSyntaxes = [...syntaxesByUse, ...transferSyntaxes.map(({ uid }) => uid).filter((uid) => !syntaxesByUse.includes(uid))];

/** Kinds of objects in a study, where the peer tells: few of them leave room to propose every encoding. */
async function classesInStudy(peer: Peer, study: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  try {
    const [found] = await find(peer, { level: "STUDY", match: { StudyInstanceUID: study, SOPClassesInStudy: "" }, limit: 1, signal });
    const told = (found?.["SOPClassesInStudy"] ?? []).filter((uid) => /^[0-9.]{1,64}$/.test(uid));
    return told.length > 0 ? told : storageClasses;
  } catch (error) {
    if (error instanceof DataError && error.code === "dimse-status") return storageClasses;
    throw error;
  }
}

/**
 * Asks a peer for objects over the same association (C-GET): it needs to know neither address nor port of this program.
 * @throws DataError `dimse-status` where the peer does not offer it, or not all that it counts arrived
 * @see DICOM PS3.4 annex C.4.3
 */
export async function fetchByGet(peer: Peer, { study, series, instance, keep, signal }: FetchByGetOptions): Promise<number> {
  if (instance !== undefined && series === undefined) throw new InputError("dimse-get", "C-GET: expected the series of an instance, got none. Name it, too.");
  const dimse = await loadDimse();
  const { CGetRequest } = dimse.requests;
  const request = instance !== undefined ? CGetRequest.createImageGetRequest(study, series!, instance) : series !== undefined ? CGetRequest.createSeriesGetRequest(study, series) : CGetRequest.createStudyGetRequest(study);
  const classes = await classesInStudy(peer, study, signal);
  // The library would propose every kind it knows, and uncompressed alone.
  request.setAddStorageSopClassesToAssociation(false);
  let last: { status: number; completed: number; failed: number } | undefined;
  request.on("response", (response: { getStatus(): number; getCompleted(): number; getFailures(): number }) => {
    last = { status: response.getStatus(), completed: response.getCompleted() ?? last?.completed ?? 0, failed: response.getFailures() ?? last?.failed ?? 0 };
  });
  const taker = new ObjectTaker(keep);
  let stream: StoreStream | undefined;
  let outcome = 0xc000;
  const client = new dimse.Client();
  client.on("cStoreRequest", (store: InstanceType<typeof dimse.requests.CStoreRequest>, answer: (response: unknown) => void) => {
    const response = dimse.responses.CStoreResponse.fromRequest(store);
    response.setStatus(outcome);
    outcome = 0xc000;
    stream = undefined;
    answer(response);
  });
  await associate(client, [request], peer, {
    signal,
    opened: (network) => {
      network.propose = (association) => {
        // A peer chooses one encoding for each context: with a context for each, it sends objects as it keeps them.
        const pairs = allSyntaxes.flatMap((syntax) => classes.map((sopClass) => [sopClass, syntax] as const)).slice(0, mostContexts);
        for (const [sopClass, syntax] of pairs) {
          const id = association.addPresentationContext(sopClass);
          association.addTransferSyntaxToPresentationContext(id, syntax);
          association.getPresentationContext(id).setProviderRole(true);
        }
      };
      network.createStoreWritableStream = (context, store): Writable => {
        const chunks: Uint8Array[] = [encodeFileMeta({ sopClass: store.getAffectedSopClassUid(), instance: store.getAffectedSopInstanceUid(), transferSyntax: context.getAcceptedTransferSyntaxUid() ?? implicitLittleEndian, sender: peer.title })];
        let size = 0;
        stream = new StoreStream(
          {
            write: async (chunk) => {
              size += chunk.length;
              if (size > maxObjectBytes) return 0xa700;
              chunks.push(chunk);
              return undefined;
            },
            finish: () => taker.take(chunks),
            discard: async () => {},
          },
          { stop: () => network.socket.pause(), goOn: () => network.socket.resume() },
        );
        stream.on("error", () => network.socket.destroy());
        return stream;
      };
      network.createDatasetFromStoreWritableStream = (writable, _context, done): void => {
        const settle = async (): Promise<void> => {
          outcome = await (writable as StoreStream).settle();
          done(new dimse.Dataset({}));
        };
        void settle();
      };
    },
  });
  if (taker.failure !== undefined) throw taker.failure;
  if (last === undefined || (last.status !== dimseStatus.success && last.status !== 0xb000)) {
    throw new DataError("dimse-status", `${peer.title}: expected an answer to C-GET, got ${last === undefined ? "none: it may not offer that service" : `status ${statusText(last.status)}`}. Fetch by C-MOVE instead, or look at the peer's log.`);
  }
  const { completed, failed } = last;
  if (failed > 0 || taker.taken < completed) throw new DataError("dimse-status", `${peer.title}: expected ${completed + failed} objects, got ${taker.taken}. Ask again, or look at the peer's log.`);
  return taker.taken;
}
