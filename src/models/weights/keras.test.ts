import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Tensor } from "../../base/index.js";
import { OsteonError, halfToNumber } from "../../base/index.js";
import { openWeights, readWeights } from "./index.js";

interface Fixture {
  files: Record<string, { base64: string; tensors: Record<string, { shape: number[]; dtype: string; values: number[] }> }>;
}

// Reference: h5py 3.7 with HDF5 1.10, scripts/reference/models-hdf5.py.
const fixture = JSON.parse(await readFile(path.resolve("test/fixtures/models/hdf5.json"), "utf8")) as Fixture;
const directory = await mkdtemp(path.join(tmpdir(), "osteon-keras-"));
after(() => rm(directory, { recursive: true }));

const bytesOf = (name: string): Buffer => gunzipSync(Buffer.from(fixture.files[name]!.base64, "base64"));

async function fileOf(name: string, bytes: Uint8Array = bytesOf(name)): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, bytes);
  return file;
}

const valuesOf = ({ dtype, data }: Tensor): number[] =>
  dtype === "float16" ? Array.from(data as Uint16Array, halfToNumber) : Array.from(data as ArrayLike<number | bigint>, Number);

for (const [name, { tensors }] of Object.entries(fixture.files)) {
  test(`${name}: every array has the name, type, shape and values that h5py gives`, async () => {
    const weights = await readWeights(await fileOf(name));
    assert.deepEqual([...weights.keys()].toSorted(), Object.keys(tensors).toSorted());
    for (const [key, { shape, dtype, values }] of Object.entries(tensors)) {
      const value = weights.get(key)!;
      assert.deepEqual(value.shape, shape, key);
      assert.equal(value.dtype, dtype.replace(">f4", "float32").replace(">i2", "int16"), key);
      assert.deepEqual(valuesOf(value), values, key);
    }
  });
}

/** The file with a run of bytes changed, wherever it stands or at its last place alone. */
function replaced(name: string, from: readonly number[], to: readonly number[], where: "all" | "last" = "all"): Buffer {
  const bytes = Buffer.from(bytesOf(name));
  const places: number[] = [];
  for (let at = bytes.indexOf(Buffer.from(from)); at >= 0; at = bytes.indexOf(Buffer.from(from), at + 1)) places.push(at);
  assert.ok(places.length > 0);
  for (const at of where === "all" ? places : places.slice(-1)) Buffer.from(to).copy(bytes, at);
  return bytes;
}

const ascii = (text: string): number[] => [...Buffer.from(text)];
const hostile: { item: string; name: string; bytes: () => Uint8Array; reason: RegExp }[] = [
  { item: "is another kind of file", name: "a.h5", bytes: () => Buffer.from("not HDF5 at all, just text"), reason: /another kind of file/ },
  { item: "is empty", name: "b.h5", bytes: () => Buffer.alloc(0), reason: /another kind of file/ },
  { item: "is cut off", name: "legacy.h5", bytes: () => bytesOf("legacy.h5").subarray(0, 9000), reason: /cut off/ },
  { item: "lacks a weight it announces", name: "legacy.h5", bytes: () => replaced("legacy.h5", ascii("old_b:0"), ascii("old_c:0"), "last"), reason: /expected the values of "old_[bc]:0", got none/ },
  { item: "has a damaged tree", name: "legacy.h5", bytes: () => replaced("legacy.h5", ascii("TREE"), ascii("TRUE")), reason: /no "TREE"/ },
  { item: "has chunks compressed by nonsense", name: "forms.h5", bytes: () => replaced("forms.h5", [0x78, 0x5e], [0, 0]), reason: /do not unpack/ },
  { item: "is an archive cut off", name: "stored.keras", bytes: () => bytesOf("stored.keras").subarray(0, 15_000), reason: /no directory/ },
  { item: "is an archive with a changed byte", name: "stored.keras", bytes: () => replaced("stored.keras", ascii("SNOD"), ascii("SNUD")), reason: /checksum/ },
  { item: "is an archive without weights", name: "stored.keras", bytes: () => replaced("stored.keras", ascii("model.weights.h5"), ascii("model.waights.h5")), reason: /without model\.weights\.h5/ },
];

for (const { item, name, bytes, reason } of hostile) {
  test(`a file is refused that ${item}`, async () => {
    await assert.rejects(readWeights(await fileOf(name, bytes())), (error: unknown) => {
      assert.ok(error instanceof OsteonError, String(error));
      assert.match(error.message, reason);
      assert.match(error.message, /^[\w.-]+: .*expected .*, got .*\. [A-Z]/s);
      return true;
    });
  });
}

test("a group that holds itself is refused, not followed", async () => {
  // The root's address in the place of every child of the same symbol table.
  const bytes = Buffer.from(bytesOf("many-layers.h5"));
  const root = bytes.readBigUInt64LE(64);
  let changed = 0;
  for (let at = bytes.indexOf("SNOD"); at >= 0; at = bytes.indexOf("SNOD", at + 1)) {
    bytes.writeBigUInt64LE(root, at + 16);
    changed++;
  }
  assert.ok(changed > 0);
  await assert.rejects(openWeights(await fileOf("loop.h5", bytes)), { code: "hdf5", message: /groups within groups without end/ });
});

test("an archive that unpacks to gigabytes is refused before it is unpacked", async () => {
  const bytes = Buffer.from(bytesOf("deflated.keras"));
  // The announced length of every member in the directory at the end.
  for (let at = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2])); at >= 0; at = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]), at + 1)) bytes.writeUInt32LE(0xfffffff0, at + 24);
  await assert.rejects(openWeights(await fileOf("bomb.keras", bytes)), { code: "zip", message: /unpacks from \d+ to 4294967280 bytes/ });
});
