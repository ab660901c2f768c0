import assert from "node:assert/strict";
import test from "node:test";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { besiege } from "./hostile.testkit.js";
import { withTestServer } from "./server.testkit.js";

test("10,000 hostile requests end in refusals, with memory bounded", { timeout: 1_200_000 }, async () => {
  const { megabytes } = await besiege(10_000);
  assert.ok(megabytes < 500, `memory grew by ${megabytes.toFixed(0)} MiB`);
  console.log(`memory grew by ${megabytes.toFixed(0)} MiB`);
});

test("clients that send by the drop are cut off, and keep nobody waiting", { timeout: 120_000 }, () =>
  withTestServer({}, async ({ listen }) => {
    const address = await listen(0);
    const { port } = new URL(address);
    let open = 0;
    const sockets = Array.from({ length: 300 }, (_, i): Socket => {
      const socket = connect(Number(port), "127.0.0.1", () => {
        open += 1;
        // Half of them begin a request, the others say nothing at all.
        if (i % 2 === 0) socket.write("GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      });
      socket.on("error", () => {});
      socket.on("close", () => (open -= 1));
      return socket;
    });
    const slowest: number[] = [];
    for (let second = 0; second < 45 && (second < 3 || open > 0); second++) {
      for (const [i, socket] of sockets.entries()) if (i % 2 === 0 && socket.writable) socket.write("x");
      const from = performance.now();
      assert.equal((await fetch(`${address}/api/v1/health`)).status, 200);
      slowest.push(performance.now() - from);
      await wait(1000);
    }
    assert.equal(open, 0, `${open} connections were still open`);
    const sorted = slowest.sort((a, b) => a - b);
    assert.ok(sorted[sorted.length >> 1]! < 200, `others waited ${sorted.at(-1)!.toFixed(0)} ms`);
    for (const socket of sockets) socket.destroy();
  }));
