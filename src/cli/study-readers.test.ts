import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import type { ReadersResult } from "../study/index.js";
import { recomputeReaders } from "../study/readers/recompute-readers.js";
import { inMadeRun } from "../study/readers/readers.testkit.js";
import { runCli } from "./cli.testkit.js";

test("reads are simulated, compared and printed as the published table, and mistakes name the remedy", () => {
  const labels = ["normal", "slip"];
  const cases = Array.from({ length: 30 }, (_, i) => ({ id: `c${i}.png`, label: labels[i % 2]!, probabilities: i % 2 === 0 ? [0.8, 0.2] : [0.3, 0.7] }));
  return inMadeRun(labels, cases, async (folder) => {
    const made = await runCli(["study", "readers", "simulate", folder, "--readers", "2", "--skill", "0.7", "--spread", "0", "--alone", "--json"]);
    assert.equal(made.code, 0, made.stderr);
    const { file, reads } = JSON.parse(made.stdout) as { file: string; reads: number };
    assert.deepEqual([path.dirname(file), reads], [folder, 60]);
    const compared = await runCli(["study", "readers", folder, file, "--margin", "0.1", "--metric", "sensitivity"]);
    assert.equal(compared.code, 0, compared.stderr);
    assert.match(compared.stdout, /SIMULATED READS/);
    assert.match(compared.stdout, /orthopaedist-1 +\d+\.\d \(/);
    assert.match(compared.stdout, /the sensitivity of the network minus that of the mean of 2 readers/);
    assert.match(compared.stdout, /named after the run and so no proof/);
    assert.ok(["readers.json", "reads.csv", "report.html", path.join("tables", "readers.csv"), path.join("figures", "readers-roc.svg")].every((name) => existsSync(path.join(folder, name))));
    const printed = JSON.parse(readFileSync(path.join(folder, "readers.json"), "utf8")) as ReadersResult;
    assert.deepEqual(JSON.parse(JSON.stringify(await recomputeReaders(folder, printed))), printed, "the comparison follows from what the run keeps");
    const kept = readFileSync(path.join(folder, "reads.csv"), "utf8");
    writeFileSync(path.join(folder, "reads.csv"), kept.replace(",normal,", ",slip,"));
    assert.notDeepEqual(JSON.parse(JSON.stringify(await recomputeReaders(folder, printed))), printed);
    for (const [argv, pattern] of [
      [["study", "readers", folder], /got no table\. Write a CSV reader,case,label/],
      [["study", "readers", folder, file, "--metric", "sensitivty"], /Did you mean "sensitivity"/],
      [["study", "readers", folder, file, "--margin", "5"], /--margin: expected a number from 0 to below 1, got "5"/],
      [["study", "readers", "simulate"], /expected the folder of a finished run/],
    ] as const) {
      const refused = await runCli([...argv]);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, pattern);
    }
  });
});
