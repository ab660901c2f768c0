import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import { DicomWebClient } from "../dicomweb/client.js";
import { encodeMultipart } from "../dicomweb/multipart.js";
import { readAll } from "../dicomweb/request.js";
import { DiskQueue } from "../queue/queue.js";
import { followWorklist } from "./follow-worklist.js";

interface Item {
  state: string;
  transaction: string;
  study: string;
  output?: unknown;
}

const uid = (value: string): unknown => ({ vr: "UI", Value: [value] });

test("work items are claimed, their images taken, and completed with what was made, or cancelled where nothing was", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-worklist-"));
  // Item 9.3 is another's before it can be claimed.
  const items = new Map<string, Item>([["9.1", { state: "SCHEDULED", transaction: "", study: "1.1" }], ["9.2", { state: "SCHEDULED", transaction: "", study: "1.2" }], ["9.3", { state: "SCHEDULED", transaction: "2.25.1", study: "1.3" }]]);
  const server = createServer((request, response) => {
    void readAll(request, 1e6, "request").then((body) => {
      const [, , name] = request.url!.split(/[/?]/);
      const told = body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, { Value: unknown[] }>);
      const describe = (key: string, { state, study }: Item): unknown => ({ "00080018": uid(key), "00741000": { vr: "CS", Value: [state] }, "00404021": { vr: "SQ", Value: [{ "0020000D": uid(study) }] } });
      if (request.url!.startsWith("/studies/")) {
        const study = request.url!.split("/")[2]!;
        const { parts, contentType } = encodeMultipart([syntheticFile({ StudyInstanceUID: study, SeriesInstanceUID: `${study}.1`, SOPInstanceUID: `${study}.1.1` }, new Uint8Array(8))], "edge");
        return response.writeHead(200, { "content-type": contentType }).end(Buffer.concat(parts));
      }
      const item = items.get(name!);
      if (request.method === "GET") return response.end(JSON.stringify(item === undefined ? [...items].filter(([, { state }]) => state === "SCHEDULED").map(([key, one]) => describe(key, one)) : [describe(name!, item)]));
      const transaction = String(told["00081195"]?.Value[0]);
      if (item === undefined || (item.transaction !== "" && item.transaction !== transaction)) return response.writeHead(409).end();
      if (request.method === "PUT") [item.state, item.transaction] = [String(told["00741000"]!.Value[0]), transaction];
      else item.output = told["00741216"];
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new DicomWebClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const queue = await DiskQueue.open(path.join(folder, "queue"), { reserveBytes: 0, setup: "one" });
  const stop = new AbortController();
  let passes = 0;
  // One after another: under load a pass may come before the judging of the one before has ended.
  let judging = Promise.resolve();
  const judge = async (): Promise<void> => {
    passes += 1;
    const id = queue.next();
    const record = { id: id ?? "", receivedAt: "", origin: "worklist" };
    if (id !== undefined && queue.find("1.1.1.1").some((one) => one.id === id)) {
      await queue.toOutgoing(id, { ...record, results: [{ kind: "sr", sopClass: "1.6", instance: "1.7", series: "1.8", study: "1.1" }] }, [Buffer.from("r")]);
      await queue.settle(id, "done", (await queue.outgoing(id)).record);
    } else if (id !== undefined) await queue.settle(id, "refused", { ...record, reasons: ["not for any rule"] });
    if (passes > 40 || [...items.values()].filter(({ state }) => state !== "SCHEDULED" && state !== "IN PROGRESS").length === 2) stop.abort();
  };
  await followWorklist({ queue, client, folder: path.join(folder, "worklist"), match: {}, everyMs: 10, onEvent: () => {}, onPass: () => void (judging = judging.then(judge)), signal: stop.signal });
  try {
    await judging;
    assert.deepEqual([...items.values()].map(({ state }) => state), ["COMPLETED", "CANCELED", "SCHEDULED"]);
    assert.match(JSON.stringify(items.get("9.1")!.output), /1\.7/);
    assert.deepEqual(await readdir(path.join(folder, "worklist")), []);
  } finally {
    await queue.close();
    client.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
