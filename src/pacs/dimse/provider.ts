import { InputError } from "../../base/index.js";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Writable } from "node:stream";
import { transferSyntaxes } from "../../dicom/index.js";
import { commitmentClass, readReport, type CommitmentReport } from "./commitment.js";
import { ConnectionGuard } from "./guard.js";
import { loadDimse, maxPduBytes, type Dimse } from "./library.js";
import type { ReceivedNames } from "./part10.js";
import { checkTitle, type DimseTls } from "./peer.js";
import { StoreStream } from "./store-stream.js";

/** Takes one object as it comes. */
export interface ObjectSink {
  /** @returns a status where the object has to be refused, such as 0xA700 for a full disk */
  write(chunk: Uint8Array): Promise<number | undefined>;
  /** Makes the object lasting. Only after 0x0000 may the sender forget it. */
  finish(): Promise<number>;
  discard(): Promise<void>;
}

export type ProviderEvent =
  | { readonly kind: "rejected"; readonly reason: "calling-title" | "called-title" | "too-many" }
  | { readonly kind: "ended"; readonly reason: string };

export interface ProviderOptions {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Own AE title. */
  readonly title: string;
  /** AE titles that may open an association; all where it is `"any"`. */
  readonly allow: readonly string[] | "any";
  /** Certificates; where `ca` is given, peers have to show one of it. */
  readonly tls?: DimseTls;
  /** Associations at once; default 16. */
  readonly maxAssociations?: number;
  /** Bytes of one object; default 1 GiB. */
  readonly maxObjectBytes?: number;
  /** Longest silence within an association; default 60,000. */
  readonly idleMs?: number;
  /** Longest life of an association; default an hour. */
  readonly associationMs?: number;
  /** Called for each object; a number refuses it with that status. */
  readonly begin: (names: ReceivedNames) => ObjectSink | number;
  /** Takes reports of storage commitment; false for one that nobody asked for. Without it they are not negotiated. */
  readonly onCommitment?: (report: CommitmentReport) => boolean;
  readonly onEvent?: (event: ProviderEvent) => void;
}

export interface Provider {
  readonly port: number;
  /** Takes no more; objects on their way are finished, for at most `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

const verification = "1.2.840.10008.1.1";
const storagePrefix = "1.2.840.10008.5.1.4.1.1.";
const readable = new Set(transferSyntaxes.map(({ uid }) => uid));

const status = { success: 0, processingFailure: 0x0110, cannotUnderstand: 0xc000, unrecognized: 0x0211 } as const;

type Association = InstanceType<Dimse["association"]["Association"]>;

/** Accepts what can be read: each context gets the first of its transfer syntaxes that is. */
function negotiate(association: Association, others: readonly string[]): void {
  for (const { context } of association.getPresentationContexts()) {
    const abstract = context.getAbstractSyntaxUid();
    const syntax = context.getTransferSyntaxUids().find((uid) => readable.has(uid));
    // 3: kind of object not supported, 4: none of its encodings.
    if (!others.includes(abstract) && !abstract.startsWith(storagePrefix)) context.setResult(3);
    else if (syntax === undefined) context.setResult(4);
    else context.setResult(0, syntax);
  }
}

/** Listens for associations: C-ECHO and C-STORE of what can be read; no one who is not allowed. */
export async function listenDimse(options: ProviderOptions): Promise<Provider> {
  const dimse = await loadDimse();
  const { allow, tls, maxAssociations = 16, maxObjectBytes = 2 ** 30, idleMs = 60_000, associationMs = 3_600_000, onEvent } = options;
  const title = checkTitle(options.title, "own AE title");
  const open = new Set<Connection>();

  class Connection extends dimse.Scp {
    readonly #socket: Socket;
    #stream: StoreStream | undefined;
    #sender = "";
    busy = 0;
    closing = false;

    constructor(socket: Socket) {
      super(socket, { connectTimeout: idleMs, associationTimeout: idleMs, pduTimeout: idleMs });
      this.#socket = socket;
      // The library's own server sets these from outside, the second one not at all.
      Object.assign(this, { connected: true, connectedTime: Date.now() });
      this.on("networkError", () => this.#end("a unit that cannot be read, or silence"));
      this.on("close", () => {
        open.delete(this);
        clearTimeout(this.#life);
        void this.#stream?.abandon().catch(() => {});
      });
    }

    readonly #life = setTimeout(() => this.#end("an association that lasted too long"), associationMs);

    #end(reason: string): void {
      if (open.has(this) && !this.#socket.destroyed) onEvent?.({ kind: "ended", reason });
      this.#socket.destroy();
    }

    override associationRequested(association: Association): void {
      const calling = association.getCallingAeTitle();
      const refusal = association.getCalledAeTitle() !== title ? ({ reason: "called-title", code: 7 } as const) : allow !== "any" && !allow.includes(calling) ? ({ reason: "calling-title", code: 3 } as const) : undefined;
      const { RejectResult, RejectSource } = dimse.constants;
      if (open.size > maxAssociations) {
        onEvent?.({ kind: "rejected", reason: "too-many" });
        // 1: temporary congestion, by the provider's presentation part.
        this.sendAssociationReject(RejectResult.Transient, RejectSource.ServiceProviderPresentation, 1);
      } else if (refusal !== undefined) {
        onEvent?.({ kind: "rejected", reason: refusal.reason });
        this.sendAssociationReject(RejectResult.Permanent, RejectSource.ServiceUser, refusal.code);
      } else {
        this.#sender = calling;
        negotiate(association, [verification, ...(options.onCommitment === undefined ? [] : [commitmentClass])]);
        // 0 means no limit, which would be announced as ours, too.
        if (association.getMaxPduLength() === 0) association.setMaxPduLength(maxPduBytes);
        return this.sendAssociationAccept();
      }
      setTimeout(() => this.#socket.destroy(), 1000).unref();
    }

    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
      setTimeout(() => this.#socket.destroy(), 2000).unref();
    }

    override cEchoRequest(request: InstanceType<Dimse["requests"]["CEchoRequest"]>, answer: (response: InstanceType<Dimse["responses"]["CEchoResponse"]>) => void): void {
      const response = dimse.responses.CEchoResponse.fromRequest(request);
      response.setStatus(status.success);
      answer(response);
    }

    override createStoreWritableStream(context: { getAbstractSyntaxUid(): string; getAcceptedTransferSyntaxUid(): string | undefined }, request: InstanceType<Dimse["requests"]["CStoreRequest"]>): Writable {
      const instance = request.getAffectedSopInstanceUid();
      const sopClass = request.getAffectedSopClassUid();
      const transferSyntax = context.getAcceptedTransferSyntaxUid();
      const isKnown = /^[0-9.]{1,64}$/.test(instance ?? "") && sopClass === context.getAbstractSyntaxUid() && transferSyntax !== undefined;
      const begun = isKnown ? options.begin({ instance, sopClass, transferSyntax, sender: this.#sender }) : status.cannotUnderstand;
      this.busy += 1;
      const stream = new StoreStream(begun, { stop: () => this.#socket.pause(), goOn: () => this.#socket.resume() });
      // Data after an object's end, which no sender in its right mind sends.
      stream.on("error", () => this.#end("data after an object's end"));
      this.#stream = stream;
      return stream;
    }

    override createDatasetFromStoreWritableStream(writable: Writable, _context: unknown, done: (dataset: InstanceType<Dimse["Dataset"]>) => void): void {
      void this.#settle(writable as StoreStream, done);
    }

    async #settle(stream: StoreStream, done: (dataset: InstanceType<Dimse["Dataset"]>) => void): Promise<void> {
      this.#outcome = await stream.settle();
      done(new dimse.Dataset({}));
    }

    #outcome: number = status.cannotUnderstand;

    override cStoreRequest(request: InstanceType<Dimse["requests"]["CStoreRequest"]>, answer: (response: InstanceType<Dimse["responses"]["CStoreResponse"]>) => void): void {
      const response = dimse.responses.CStoreResponse.fromRequest(request);
      response.setStatus(this.#outcome);
      this.#outcome = status.cannotUnderstand;
      this.#stream = undefined;
      answer(response);
      this.busy -= 1;
      if (this.closing) this.#socket.end();
    }

    override nEventReportRequest(request: InstanceType<Dimse["requests"]["NEventReportRequest"]>, answer: (response: InstanceType<Dimse["responses"]["NEventReportResponse"]>) => void): void {
      const report = readReport(request);
      const response = dimse.responses.NEventReportResponse.fromRequest(request);
      response.setStatus(report !== undefined && options.onCommitment?.(report) === true ? status.success : status.processingFailure);
      answer(response);
    }

    override cFindRequest(): void {
      this.#end("a request that was not negotiated");
    }

    override cMoveRequest(): void {
      this.#end("a request that was not negotiated");
    }

    override cGetRequest(): void {
      this.#end("a request that was not negotiated");
    }

    override abort(): void {
      this.#socket.destroy();
    }

    drop(): void {
      this.#socket.destroy();
    }
  }

  const take = (socket: Socket): void => {
    // Twice the wanted number may wait for a polite refusal; beyond it the door is shut.
    if (open.size >= 2 * maxAssociations) return void socket.destroy();
    const guard = new ConnectionGuard({ maxPduBytes: 2 * maxPduBytes, maxCommandBytes: 16 * 1024, maxObjectBytes });
    socket.on("data", (data: Buffer) => {
      const problem = guard.look(data);
      if (problem === undefined) return;
      onEvent?.({ kind: "ended", reason: problem });
      socket.destroy();
    });
    open.add(new Connection(socket));
  };
  const server: Server = tls === undefined ? createServer(take) : createTlsServer({ key: tls.key, cert: tls.cert, ca: tls.ca, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined, minVersion: "TLSv1.2" }, take);
  server.on("tlsClientError", () => onEvent?.({ kind: "ended", reason: "a TLS handshake that failed" }));
  const { host = "127.0.0.1", port } = options;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const got = error.code === "EADDRINUSE" ? "one that another program holds" : error.code === "EACCES" ? "one that needs more rights" : (error.code ?? "a failure");
      reject(new InputError("dimse-port", `${host}:${port}: expected a free port, got ${got}. End the other program, or choose another port.`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  server.on("error", () => {});
  return {
    port: (server.address() as AddressInfo).port,
    close: async (graceMs = 5000) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of open) {
        connection.closing = true;
        if (connection.busy === 0) connection.drop();
      }
      const timer = setTimeout(() => open.forEach((connection) => connection.drop()), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
