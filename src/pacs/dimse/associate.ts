import type { Writable } from "node:stream";
import { DataError } from "../../base/index.js";
import type { Dimse } from "./library.js";
import { checkTitle, type Peer } from "./peer.js";

type Client = InstanceType<Dimse["Client"]>;
type Request = InstanceType<Dimse["requests"]["CEchoRequest"]> | InstanceType<Dimse["requests"]["CFindRequest"]> | InstanceType<Dimse["requests"]["CMoveRequest"]> | InstanceType<Dimse["requests"]["CGetRequest"]> | InstanceType<Dimse["requests"]["NActionRequest"]> | InstanceType<Dimse["requests"]["CStoreRequest"]>;

export const dimseStatus = { success: 0, pending: 0xff00, pendingWithWarning: 0xff01 } as const;

/** Least PDU length a peer may ask for; below it nothing sensible can be sent. */
const leastPduBytes = 1024;

/** A status as the standard writes it. */
export function statusText(status: number): string {
  return `0x${status.toString(16).padStart(4, "0").toUpperCase()}`;
}

/** The socket that the library keeps to itself; without its end a peer that never closes would hold the process. */
function dropSocket(client: Client): void {
  (client as unknown as { network?: { socket?: { destroy(): void } } }).network?.socket?.destroy();
}

type Association = InstanceType<Dimse["association"]["Association"]>;
type Context = InstanceType<Dimse["association"]["PresentationContext"]>;

/** What the library keeps to itself of a connection: what it sends first, and where objects go that come back over it. */
export interface OpenedNetwork {
  readonly socket: { pause(): void; resume(): void; destroy(): void };
  /** Called with the association before it is proposed. */
  propose?: (association: Association) => void;
  createStoreWritableStream(context: Context, request: InstanceType<Dimse["requests"]["CStoreRequest"]>): Writable;
  createDatasetFromStoreWritableStream(stream: Writable, context: Context, done: (dataset: InstanceType<Dimse["Dataset"]>) => void): void;
}

interface AssociationHooks {
  /** Called once the connection is begun, before anything is sent. */
  readonly opened?: (network: OpenedNetwork) => void;
  /** Called with the accepted association before anything is sent. */
  readonly accepted?: (association: Parameters<Parameters<Client["on"]>[1]>[0]) => void;
  readonly signal?: AbortSignal;
}

/**
 * Opens an association, sends the requests, and ends it. Resolves once it is released; answers come by the requests' events.
 * @throws DataError `dimse-unreachable`, `dimse-rejected`, `dimse-aborted`
 */
export async function associate(client: Client, requests: readonly Request[], peer: Peer, { opened, accepted, signal }: AssociationHooks = {}): Promise<void> {
  const { host, port, title, callingTitle, tls, timeoutMs = 60_000 } = peer;
  checkTitle(title, "AE title of the peer");
  checkTitle(callingTitle, "own AE title");
  signal?.throwIfAborted();
  for (const request of requests) client.addRequest(request);
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => dropSocket(client);
  try {
    await new Promise<void>((resolve, reject) => {
      let failure: Error | undefined;
      let released = false;
      const fail = (error: Error): void => {
        failure ??= error;
        // The library only says goodbye, and waits for an answer that may never come.
        timer ??= setTimeout(stop, 500);
      };
      client.on("associationAccepted", (association: { getMaxPduLength(): number }) => {
        const length = association.getMaxPduLength();
        if (length !== 0 && length < leastPduBytes) {
          fail(new DataError("dimse-rejected", `${title}: expected a PDU length of at least ${leastPduBytes}, got ${length}. Correct the peer's settings.`));
          client.clearRequests();
        } else accepted?.(association);
      });
      client.on("associationRejected", ({ reason }: { reason: number }) => {
        const why = reason === 3 ? "the calling AE title is not known there" : reason === 7 ? "the called AE title is not known there" : `reason ${reason}`;
        fail(new DataError("dimse-rejected", `${title}: expected an association, got a rejection (${why}). Let the peer know this AE title, address and port.`));
      });
      client.on("associationReleased", () => {
        released = true;
        timer ??= setTimeout(stop, 500);
      });
      client.on("networkError", (error: NodeJS.ErrnoException) => fail(new DataError("dimse-unreachable", `${title}: expected a connection, got ${error.code ?? /[A-Z]{4,}|[Tt]imeout/.exec(error.message)?.[0] ?? "a failure of the network"}. Check host, port and TLS settings; the peer may be away.`, { cause: error })));
      client.on("closed", () => {
        if (failure !== undefined) reject(failure);
        else if (released) resolve();
        else reject(new DataError("dimse-aborted", `${title}: expected an orderly end of the association, got a connection that was closed. Look at the peer's log.`));
      });
      signal?.addEventListener("abort", stop, { once: true });
      client.send(host, port, callingTitle, title, {
        connectTimeout: timeoutMs,
        associationTimeout: timeoutMs,
        pduTimeout: timeoutMs,
        ...(tls && { securityOptions: { ...tls, rejectUnauthorized: true, minVersion: "TLSv1.2" } }),
      });
      if (opened !== undefined) {
        const network = (client as unknown as { network: OpenedNetwork & { sendAssociationRequest(association: Association): void } }).network;
        const send = network.sendAssociationRequest.bind(network);
        network.sendAssociationRequest = (association) => {
          network.propose?.(association);
          send(association);
        };
        opened(network);
      }
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    stop();
  }
}
