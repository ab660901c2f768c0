import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import sharp from "sharp";
import { makeRadiograph } from "../../phantom/index.js";
import { createDataPool } from "../data-pool.js";
import { findNearDuplicates } from "./near-duplicates.js";
import { disguise, disguiseNames } from "./planted.testkit.js";

test("disguised copies among 44 simulated people are found, and nobody is taken for another", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-leaks-"));
  const pool = createDataPool({ workers: 2 });
  try {
    const cases: { id: string; file: string; person: number }[] = [];
    const add = async (id: string, person: number, bytes: Uint8Array): Promise<void> => {
      const file = path.join(folder, id);
      await writeFile(file, bytes);
      cases.push({ id, file, person });
    };
    for (let person = 0; person < 44; person++) {
      const { pixels, width, height } = makeRadiograph({ seed: "copies", index: person, condition: "normal", view: "whole-spine-ap", size: 384 });
      const bytes = await sharp(Uint8Array.from(pixels, (value) => Math.round(255 * value)), { raw: { width, height, channels: 1 } }).jpeg({ quality: 92 }).toBuffer();
      await add(`${person}.jpg`, person, bytes);
      if (person % 2 === 0) await add(`${person} again.jpg`, person, await disguise(bytes, disguiseNames[(person / 2) % disguiseNames.length]!, person));
    }
    const { pairs } = await findNearDuplicates(cases, { pool });
    const right = pairs.filter(({ a, b }) => cases[a]!.person === cases[b]!.person);
    assert.equal(pairs.length - right.length, 0, "wrong pairs");
    assert.equal(right.length, 22, "copies found");
  } finally {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
});
