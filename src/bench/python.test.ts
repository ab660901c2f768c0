import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { compareVersions, findTorch, pythonsOn } from "./python.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-pythons-"));

/** A folder with an interpreter that answers so. */
function pretend(name: string, script: string): string {
  const own = path.join(folder, name);
  mkdirSync(own);
  const python = path.join(own, "python3");
  writeFileSync(python, `#!/bin/sh\n${script}\n`);
  chmodSync(python, 0o755);
  return python;
}

const old = pretend("old", "echo 1.13.0a0");
const fresh = pretend("fresh", "echo 2.10.1+cpu");
const without = pretend("without", "exit 1");

describe("choice of PyTorch", () => {
  after(() => rmSync(folder, { recursive: true }));

  it("takes the newest of those found, and none where none has it", async () => {
    assert.deepEqual(await findTorch(undefined, [without, old, fresh]), { python: fresh, version: "2.10.1+cpu" });
    assert.equal(await findTorch(undefined, [without, path.join(folder, "nowhere")]), undefined);
  });

  it("takes the one that is asked for, be it older", async () => {
    assert.equal((await findTorch(old, [fresh]))?.version, "1.13.0a0");
    assert.equal(await findTorch(without, [fresh]), undefined);
  });

  it("finds every interpreter of the search path once, and the system's", () => {
    const found = pythonsOn([path.dirname(fresh), path.dirname(old), path.dirname(fresh), path.join(folder, "nowhere")].join(path.delimiter));
    assert.deepEqual(found.filter((file) => file.startsWith(folder)), [fresh, old]);
  });

  it("orders versions by their numbers", () => {
    assert.deepEqual(["2.0.0+cu118", "1.9", "1.13.0a0", "1.13.1"].toSorted(compareVersions), ["1.9", "1.13.0a0", "1.13.1", "2.0.0+cu118"]);
  });
});
