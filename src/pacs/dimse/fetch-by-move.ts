import { DataError } from "../../base/index.js";
import { encodeFileMeta } from "../../dicom/index.js";
import { ObjectTaker } from "./object-taker.js";
import type { Peer } from "./peer.js";
import { listenDimse } from "./provider.js";
import { move } from "./query.js";

export interface FetchByMoveOptions {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
  /** Port that the peer knows for this program's AE title. */
  readonly port: number;
  /** Address to listen on; default all of this machine where the peer is elsewhere. */
  readonly host?: string;
  readonly keep: (file: Uint8Array) => Promise<void>;
  readonly signal?: AbortSignal;
}

const isLocal = (host: string): boolean => ["localhost", "127.0.0.1", "::1"].includes(host);

/**
 * Asks a peer to send objects here, and takes them meanwhile.
 * @throws DataError `dimse-status` where not all that the peer counts arrived
 */
export async function fetchByMove(peer: Peer, { study, series, instance, port, host, keep, signal }: FetchByMoveOptions): Promise<number> {
  const taker = new ObjectTaker(keep);
  const provider = await listenDimse({
    host: host ?? (isLocal(peer.host) ? "127.0.0.1" : "0.0.0.0"),
    port,
    title: peer.callingTitle,
    allow: [peer.title],
    begin: (names) => {
      const chunks: Uint8Array[] = [encodeFileMeta(names)];
      return {
        write: async (chunk) => void chunks.push(chunk),
        finish: () => taker.take(chunks),
        discard: async () => {},
      };
    },
  });
  try {
    const { completed, failed } = await move(peer, { destination: peer.callingTitle, study, ...(series !== undefined && { series }), ...(instance !== undefined && { instance }), signal });
    if (taker.failure !== undefined) throw taker.failure;
    if (failed > 0 || taker.taken < completed) throw new DataError("dimse-status", `${peer.title}: expected ${completed + failed} objects, got ${taker.taken}. Ask again, or look at the peer's log.`);
    return taker.taken;
  } finally {
    await provider.close();
  }
}
