import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { makeCertificates, noOpenssl } from "../certificates.testkit.js";
import { DicomWebClient, type DicomWebOptions } from "./client.js";

test("a server is trusted by the authority that is named, and by no other; it may ask who comes", { skip: noOpenssl }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-tls-"));
  const { own, stranger } = await makeCertificates(folder);
  const server = createServer({ ...own, requestCert: true, rejectUnauthorized: true }, (_, response) => void response.end("[]"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const search = async (options: DicomWebOptions, host = "127.0.0.1"): Promise<void> => {
    const client = new DicomWebClient(`https://${host}:${port}/dicom-web`, { ...options, backOff: { attempts: 1 } });
    try {
      for await (const _ of client.search({ level: "studies" })) break;
    } finally {
      client.close();
    }
  };
  try {
    await search({ ...own, credentials: { kind: "bearer", token: "t" } });
    await assert.rejects(search({ cert: own.cert, key: own.key }), { code: "dicomweb-unreachable", message: /Name the authority of its certificate/ });
    await assert.rejects(search({ ...own, ca: stranger.ca }), { code: "dicomweb-unreachable" });
    await assert.rejects(search({ ...stranger, ca: own.ca }));
    await assert.rejects(search({ ca: own.ca }));
    // The certificate is not for this name of the machine.
    await assert.rejects(search(own, "127.0.0.2"));
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
