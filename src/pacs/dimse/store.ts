import { associate, dimseStatus } from "./associate.js";
import { loadDimse, type Dimse } from "./library.js";
import { becomeImplicit, canBecomeImplicit, explicitLittleEndian, implicitLittleEndian, takeApart, type SendableFile } from "./part10.js";
import type { Peer } from "./peer.js";

export interface SentObject {
  readonly instance: string;
  /** Of the C-STORE response; undefined where the peer does not take the kind of object or its transfer syntax. */
  readonly status: number | undefined;
}

interface Sending {
  readonly file: SendableFile;
  readonly bytes: Uint8Array;
  status: number | undefined;
}

/** True for a status with which the peer has the object. */
export function isStored(status: number | undefined): boolean {
  return status === dimseStatus.success || (status !== undefined && status >= 0xb000 && status <= 0xbfff);
}

/** Kinds of objects in one association: three presentation contexts each, of 128. */
const kindsAtOnce = 40;

/**
 * Sends files as they are (C-STORE), never transcoded: compressed pixels go as such or not at all; a data set without compression
 * is turned to implicit little endian for a peer that takes nothing else.
 * @param files whole Part 10 files
 */
export async function store(peer: Peer, files: readonly Uint8Array[], signal?: AbortSignal): Promise<SentObject[]> {
  const dimse = await loadDimse();
  const sendings = files.map((bytes, i): Sending => ({ file: takeApart(bytes, `object ${i + 1}`), bytes, status: undefined }));
  const kinds = [...new Set(sendings.map(({ file }) => file.sopClass))];
  for (let first = 0; first < kinds.length; first += kindsAtOnce) {
    const some = new Set(kinds.slice(first, first + kindsAtOnce));
    await storeKinds(dimse, peer, sendings.filter(({ file }) => some.has(file.sopClass)), signal);
  }
  return sendings.map(({ file, status }) => ({ instance: file.instance, status }));
}

async function storeKinds(dimse: Dimse, peer: Peer, sendings: readonly Sending[], signal?: AbortSignal): Promise<void> {
  /** A data set that is sent byte by byte as the file has it. */
  class StoredBytes extends dimse.Dataset {
    bytes: Uint8Array;

    constructor({ sopClass, instance, transferSyntax, dataset }: SendableFile) {
      super({ SOPClassUID: sopClass, SOPInstanceUID: instance }, transferSyntax);
      this.bytes = dataset;
    }

    override getDenaturalizedDataset(): Buffer {
      return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    }
  }
  const client = new dimse.Client();
  const { PresentationContext } = dimse.association;
  const requests = sendings.map((sending) => {
    const dataset = new StoredBytes(sending.file);
    const request = new dimse.requests.CStoreRequest(dataset);
    request.on("response", (response: { getStatus(): number }) => void (sending.status = response.getStatus()));
    return { request, dataset, sending };
  });
  // Next to the context that offers both, one for each alone: so the peer's choice never forces another encoding.
  for (const sopClass of new Set(sendings.map(({ file }) => file.sopClass))) {
    for (const syntax of [explicitLittleEndian, implicitLittleEndian]) client.addAdditionalPresentationContext(new PresentationContext(0, sopClass, syntax), true);
  }
  const accepted = (association: { getPresentationContexts(): { context: { getAbstractSyntaxUid(): string; getAcceptedTransferSyntaxUid(): string | undefined; getResult(): number } }[] }): void => {
    const contexts = association.getPresentationContexts().map(({ context }) => context).filter((context) => context.getResult() === 0);
    const queue = (client as unknown as { requests: unknown[] }).requests;
    for (const { request, dataset, sending } of requests) {
      const { sopClass, transferSyntax } = sending.file;
      const syntaxes = new Set(contexts.filter((context) => context.getAbstractSyntaxUid() === sopClass).map((context) => context.getAcceptedTransferSyntaxUid()));
      if (syntaxes.has(transferSyntax)) continue;
      if (syntaxes.has(implicitLittleEndian) && canBecomeImplicit(transferSyntax)) {
        dataset.bytes = becomeImplicit(sending.bytes, "object");
        dataset.setTransferSyntaxUid(implicitLittleEndian);
      } else {
        // The library would else decode the pixels, or pass the request over without a word.
        const at = queue.indexOf(request);
        if (at >= 0) queue.splice(at, 1);
      }
    }
  };
  await associate(client, requests.map(({ request }) => request), peer, { accepted: accepted as never, signal });
}
