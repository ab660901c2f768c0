import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import * as fc from "fast-check";
import type { Tensor } from "../../base/index.js";
import { OsteonError, sizeOf, halfToNumber } from "../../base/index.js";
import { readWeights } from "./index.js";

interface Fixture {
  files: Record<string, { base64: string; tensors: Record<string, { shape: number[]; values: (number | string)[] }> }>;
  hostile: Record<string, string>;
}

// Reference: PyTorch 1.13, scripts/reference/models-pth.py.
const fixture = JSON.parse(await readFile(path.resolve("test/fixtures/models/pth.json"), "utf8")) as Fixture;
const directory = await mkdtemp(path.join(tmpdir(), "osteon-pth-"));
after(() => rm(directory, { recursive: true }));

async function fileOf(bytes: Uint8Array): Promise<string> {
  const file = path.join(directory, "x.pth");
  await writeFile(file, bytes);
  return file;
}

const valuesOf = ({ dtype, data }: Tensor): number[] =>
  dtype === "float16" ? Array.from(data as Uint16Array, halfToNumber) : Array.from(data as ArrayLike<number | bigint>, Number);

for (const [name, { base64, tensors }] of Object.entries(fixture.files)) {
  test(`${name}: every tensor reads as PyTorch reads it`, async () => {
    const weights = await readWeights(await fileOf(Buffer.from(base64, "base64")));
    assert.deepEqual([...weights.keys()], Object.keys(tensors));
    for (const [key, { shape, values }] of Object.entries(tensors)) {
      assert.deepEqual(weights.get(key)!.shape, shape, key);
      assert.deepEqual(valuesOf(weights.get(key)!), values.map(Number), key);
    }
  });
}

for (const [name, base64] of Object.entries(fixture.hostile)) {
  test(`a file is refused that ${name}`, async () => {
    await assert.rejects(readWeights(await fileOf(Buffer.from(base64, "base64"))), (error: unknown) => {
      assert.ok(error instanceof OsteonError, String(error));
      assert.match(error.message, /x\.pth: .*expected .* got/s);
      return true;
    });
  });
}

test("the name that a pickle wants to call is said", async () => {
  const file = await fileOf(Buffer.from(fixture.hostile["runs a command"]!, "base64"));
  await assert.rejects(readWeights(file), { code: "pickle", message: /the name "posix\.system"/ });
});

for (const form of ["archive", "legacy"]) {
  test(`a damaged ${form} is read or refused, never more`, async () => {
    const sound = Buffer.from(fixture.files[form]!.base64, "base64");
    const change = fc.record({ at: fc.nat(sound.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), fc.nat(sound.length), async (changes, cut) => {
        const bytes = Buffer.from(sound);
        for (const { at, value } of changes) bytes[at] = value;
        try {
          const weights = await readWeights(await fileOf(cut % 4 === 0 ? bytes.subarray(0, cut) : bytes));
          for (const value of weights.values()) assert.equal(value.data.length, sizeOf(value.shape));
        } catch (error) {
          assert.ok(error instanceof OsteonError, error instanceof Error ? error.stack : String(error));
        }
      }),
      { numRuns: 150 },
    );
  });
}

const shared = path.resolve("../shared/data/weights");
test("the published weights hold the same tensors as .pth and as .safetensors", { skip: existsSync(shared) ? false : "shared data absent" }, async () => {
  const pth = await readWeights(path.join(shared, "mobilenet_v2-imagenet.pth"));
  const safetensors = await readWeights(path.join(shared, "mobilenet_v2-imagenet.safetensors"));
  assert.deepEqual([...pth.keys()].toSorted(), [...safetensors.keys()].toSorted());
  for (const [name, value] of safetensors) {
    // The counters of batches are scalars in one file and vectors of one in the other.
    if (!name.endsWith("num_batches_tracked")) assert.deepEqual(pth.get(name)!.shape, value.shape, name);
    assert.ok(Buffer.compare(Buffer.from(pth.get(name)!.data.buffer as ArrayBuffer), Buffer.from(value.data.buffer as ArrayBuffer)) === 0, name);
  }
});
