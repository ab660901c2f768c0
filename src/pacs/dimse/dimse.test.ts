import assert from "node:assert/strict";
import { connect } from "node:net";
import test from "node:test";
import { encodeFileMeta, parseDicom } from "../../dicom/index.js";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import { seededRandom } from "../../base/index.js";
import { isCommandSet } from "./guard.js";
import { becomeImplicit, takeApart, type ReceivedNames } from "./part10.js";
import { parsePeer, type Peer } from "./peer.js";
import { listenDimse, type ObjectSink, type Provider, type ProviderEvent, type ProviderOptions } from "./provider.js";
import { echo } from "./query.js";
import { isStored, store } from "./store.js";

/** Keeps what came in memory. */
function collector(outcome = 0): { taken: { names: ReceivedNames; bytes: Buffer }[]; begin: ProviderOptions["begin"] } {
  const taken: { names: ReceivedNames; bytes: Buffer }[] = [];
  const begin = (names: ReceivedNames): ObjectSink => {
    const chunks: Uint8Array[] = [];
    return {
      write: async (chunk) => void chunks.push(chunk),
      finish: async () => {
        if (outcome === 0) taken.push({ names, bytes: Buffer.concat([encodeFileMeta(names), ...chunks]) });
        return outcome;
      },
      discard: async () => {},
    };
  };
  return { taken, begin };
}

async function withProvider(options: Partial<ProviderOptions> & Pick<ProviderOptions, "begin">, work: (peer: Peer, provider: Provider) => Promise<void>): Promise<void> {
  const provider = await listenDimse({ port: 0, title: "OSTEON", allow: ["TESTER"], ...options });
  try {
    await work({ host: "127.0.0.1", port: provider.port, title: "OSTEON", callingTitle: "TESTER", timeoutMs: 5000 }, provider);
  } finally {
    await provider.close(500);
  }
}

const pixels = new Uint8Array(seededRandom("dimse").shuffle(Array.from({ length: 300_000 }, (_, i) => i % 251)));
const file = (instance: string): Uint8Array => syntheticFile({ SOPInstanceUID: instance, PatientName: "Müller^Jörg", Rows: 500, Columns: 600, ReferencedSOPSequence: [{ ReferencedSOPInstanceUID: "2.25.8" }] }, pixels);

test("what is sent arrives byte by byte, in the transfer syntax of the file", async () => {
  const { taken, begin } = collector();
  await withProvider({ begin }, async (peer) => {
    await echo(peer);
    const explicit = file("1.2.3");
    const rle = syntheticFile({ SOPInstanceUID: "1.2.4" }, undefined, ".5", [new Uint8Array(0), Uint8Array.from({ length: 64 }, (_, i) => i)]);
    const sent = await store(peer, [explicit, rle]);
    assert.deepEqual(sent, [{ instance: "1.2.3", status: 0 }, { instance: "1.2.4", status: 0 }]);
    for (const [i, original] of [explicit, rle].entries()) {
      const { names, bytes } = taken[i]!;
      assert.deepEqual(takeApart(bytes, "received").dataset, Buffer.from(takeApart(original, "sent").dataset));
      assert.equal(names.transferSyntax, takeApart(original, "sent").transferSyntax);
      assert.equal(names.sender, "TESTER");
    }
  });
});

test("a status of refusal reaches the sender, and the association goes on", async () => {
  const { begin } = collector(0xa700);
  await withProvider({ begin }, async (peer) => {
    const sent = await store(peer, [file("1.2.3"), file("1.2.4")]);
    assert.deepEqual(sent.map(({ status }) => status), [0xa700, 0xa700]);
    assert.ok(!isStored(0xa700) && isStored(0xb000) && !isStored(undefined));
  });
});

test("AE titles that are not on the list, or not this one's, are rejected", async () => {
  const { begin } = collector();
  const events: ProviderEvent[] = [];
  await withProvider({ begin, onEvent: (event) => events.push(event) }, async (peer) => {
    await assert.rejects(echo({ ...peer, callingTitle: "STRANGER" }), { code: "dimse-rejected", message: /calling AE title/ });
    await assert.rejects(echo({ ...peer, title: "OTHER" }), { code: "dimse-rejected", message: /called AE title/ });
  });
  assert.deepEqual(events.filter(({ kind }) => kind === "rejected").map((event) => event.reason), ["calling-title", "called-title"]);
});

test("a peer that is away is said to be away", async () => {
  await assert.rejects(echo({ host: "127.0.0.1", port: 1, title: "NOBODY", callingTitle: "TESTER", timeoutMs: 2000 }), { code: "dimse-unreachable" });
});

test("random and damaged bytes end the connection and nothing else", async () => {
  const { taken, begin } = collector();
  const random = seededRandom("hostile");
  await withProvider({ begin, maxObjectBytes: 1_000_000 }, async (peer, { port }) => {
    const attacks = Array.from({ length: 30 }, (_, i) => {
      const bytes = Buffer.from(Array.from({ length: 200 + random.integer(2000) }, () => random.integer(256)));
      // Half of them begin as a unit of some kind with a length of their own.
      if (i % 2 === 0) {
        bytes[0] = 1 + random.integer(7);
        bytes.writeUInt32BE(i % 4 === 0 ? 0xffffffff : 100 + random.integer(100), 2);
      }
      return bytes;
    });
    await Promise.all(attacks.map((bytes) => new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    })));
    assert.deepEqual(await store(peer, [file("1.2.3")]), [{ instance: "1.2.3", status: 0 }]);
  });
  assert.equal(taken.length, 1);
});

test("an object above the limit ends the connection", async () => {
  const { taken, begin } = collector();
  await withProvider({ begin, maxObjectBytes: 100_000 }, async (peer) => {
    await assert.rejects(store(peer, [file("1.2.3")]), /dimse-aborted|dimse-unreachable|closed|connection/);
  });
  assert.equal(taken.length, 0);
});

test("a command set is elements of group 0000 in rising order and nothing else", () => {
  const element = (group: number, number: number, value: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(group, 0);
    head.writeUInt16LE(number, 2);
    head.writeUInt32LE(value.length, 4);
    return Buffer.concat([head, value]);
  };
  const good = Buffer.concat([element(0, 0, Buffer.alloc(4)), element(0, 0x100, Buffer.alloc(2))]);
  assert.ok(isCommandSet(good));
  for (const bad of [Buffer.alloc(0), good.subarray(0, -1), Buffer.concat([good, element(8, 5, Buffer.alloc(2))]), Buffer.concat([element(0, 0x100, Buffer.alloc(2)), element(0, 0, Buffer.alloc(4))])]) assert.ok(!isCommandSet(bad));
});

test("a data set in implicit little endian says the same", () => {
  const original = file("1.2.3");
  const names = { sopClass: "1.2.840.10008.5.1.4.1.1.1", instance: "1.2.3", transferSyntax: "1.2.840.10008.1.2", sender: "A" };
  const again = parseDicom(Buffer.concat([encodeFileMeta(names), becomeImplicit(original, "file")]));
  const before = parseDicom(original);
  assert.equal(again.transferSyntax.explicit, false);
  assert.deepEqual(again.warnings, []);
  assert.deepEqual([...again.dataset.elements.keys()], [...before.dataset.elements.keys()]);
  assert.equal(again.dataset.text("PatientName"), "Müller^Jörg");
  assert.deepEqual(Buffer.from(again.dataset.element("PixelData")!.bytes), Buffer.from(before.dataset.element("PixelData")!.bytes));
});

test("addresses of peers are read as TITLE@host:port", () => {
  assert.deepEqual(parsePeer("ORTHANC@localhost:4242", "OSTEON"), { title: "ORTHANC", host: "localhost", port: 4242, callingTitle: "OSTEON" });
  for (const bad of ["localhost:4242", "A@b", "A@b:0", "A@b:70000", "SEVENTEEN_LETTERS@b:1", "A\\B@c:1"]) assert.throws(() => parsePeer(bad, "OSTEON"), { name: "InputError" });
});
