import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { encodeFileMeta, hashStoredValues, parseDicom } from "../../dicom/index.js";
import { syntheticFiles } from "../../dicom/synthetic.testkit.js";
import { seededRandom } from "../../base/index.js";
import { makeCertificates, noOpenssl } from "../certificates.testkit.js";
import { freePort } from "../../files/free-port.testkit.js";
import { radiograph } from "../orthanc.testkit.js";
import { takeApart, type ReceivedNames } from "./part10.js";
import { listenDimse, type ProviderOptions } from "./provider.js";
import { echo } from "./query.js";
import { isStored, store } from "./store.js";

const run = promisify(execFile);
const noDcmtk: string | false = ["storescu", "echoscu", "storescp"].every((name) => existsSync(`/usr/bin/${name}`)) ? false : "dcmtk is not installed";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-dcmtk-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function collector(): { taken: { names: ReceivedNames; bytes: Buffer }[]; begin: ProviderOptions["begin"] } {
  const taken: { names: ReceivedNames; bytes: Buffer }[] = [];
  return {
    taken,
    begin: (names) => {
      const chunks: Uint8Array[] = [encodeFileMeta(names)];
      return { write: async (chunk) => void chunks.push(chunk), finish: async () => (taken.push({ names, bytes: Buffer.concat(chunks) }), 0), discard: async () => {} };
    },
  };
}

test("dcmtk's echoscu and storescu reach the provider, in every transfer syntax that they send", { skip: noDcmtk }, () =>
  inFolder(async (folder) => {
    const { taken, begin } = collector();
    const provider = await listenDimse({ port: 0, title: "OSTEON", allow: ["STORESCU", "ECHOSCU"], begin });
    try {
      const to = ["-aec", "OSTEON", "127.0.0.1", String(provider.port)];
      await run("echoscu", to);
      await assert.rejects(run("echoscu", ["-aet", "STRANGER", ...to]));
      const proposals: Record<string, string> = { native: "-xe", RLE: "-xr", "JPEG lossless": "-xs", "JPEG-LS": "-xt", "JPEG 2000": "-xv" };
      for (const { title, bytes } of syntheticFiles(seededRandom("dcmtk"), 64, 48)) {
        if (!(title in proposals)) continue;
        const file = path.join(folder, "image.dcm");
        await writeFile(file, bytes);
        await run("storescu", [proposals[title]!, ...to, file]);
        const last = taken.at(-1)!;
        assert.equal(last.names.transferSyntax, parseDicom(bytes).transferSyntax.uid, title);
        assert.equal(hashStoredValues(parseDicom(last.bytes)), hashStoredValues(parseDicom(bytes)), title);
      }
      assert.equal(taken.length, 5);
    } finally {
      await provider.close();
    }
  }));

test("storescp of dcmtk gets what is stored, byte by byte", { skip: noDcmtk }, () =>
  inFolder(async (folder) => {
    const port = await freePort();
    for (const preference of [[], ["+xi"]] as const) {
      const child = spawn("storescp", [...preference, "-od", folder, "+B", String(port)], { stdio: "ignore" });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const peer = { host: "127.0.0.1", port, title: "STORESCP", callingTitle: "OSTEON" };
      try {
        for (let tries = 0; tries < 50; tries++) {
          const isUp = await echo(peer).then(() => true, () => false);
          if (isUp) break;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const files = [radiograph(1), radiograph(2), radiograph(3, { modality: "MR" })];
        assert.ok((await store(peer, files)).every(({ status }) => isStored(status)));
        const written = (await readdir(folder)).filter((name) => !name.endsWith(".json"));
        assert.equal(written.length, 3);
        for (const name of written) {
          const got = takeApart(await readFile(path.join(folder, name)), name);
          const sent = takeApart(files.find((one) => takeApart(one, "sent").instance === got.instance)!, "sent");
          if (preference.length === 0) assert.deepEqual(Buffer.from(got.dataset), Buffer.from(sent.dataset));
          else assert.equal(got.transferSyntax, "1.2.840.10008.1.2");
          await rm(path.join(folder, name));
        }
      } finally {
        child.kill("SIGTERM");
        await ended;
      }
    }
  }));

test("over TLS only those with a certificate of the authority get in", { skip: noOpenssl !== false ? noOpenssl : noDcmtk }, () =>
  inFolder(async (folder) => {
    const { own: tls, stranger } = await makeCertificates(folder);
    const { taken, begin } = collector();
    const provider = await listenDimse({ port: 0, title: "OSTEON", allow: "any", tls, begin });
    try {
      const peer = { host: "127.0.0.1", port: provider.port, title: "OSTEON", callingTitle: "TESTER", timeoutMs: 5000 };
      await echo({ ...peer, tls });
      assert.ok((await store({ ...peer, tls }, [radiograph(1)])).every(({ status }) => isStored(status)));
      await assert.rejects(echo(peer));
      await assert.rejects(echo({ ...peer, tls: { ...stranger, ca: tls.ca } }));
      // A provider whose certificate is of another authority is not trusted.
      await assert.rejects(echo({ ...peer, tls: { ...tls, ca: stranger.ca } }));
      await run("echoscu", ["+tls", "own.key", "own.pem", "+cf", "ca.pem", "-aec", "OSTEON", "127.0.0.1", String(provider.port)], { cwd: folder });
      assert.equal(taken.length, 1);
    } finally {
      await provider.close();
    }
  }));
