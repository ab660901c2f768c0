import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import * as fc from "fast-check";
import type { DataType, Tensor } from "../../base/index.js";
import { DataError, OsteonError, float32, sizeOf, tensor, zeros } from "../../base/index.js";
import { openWeights, readWeights } from "./index.js";
import { encodeSafetensors, writeSafetensors } from "./write-safetensors.js";

const directory = await mkdtemp(path.join(tmpdir(), "osteon-safetensors-"));
after(() => rm(directory, { recursive: true }));
let files = 0;

/** A file with the given header text and data. */
async function fileOf(header: string | Uint8Array, data: Uint8Array = new Uint8Array(0), headerLength?: bigint): Promise<string> {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, headerLength ?? BigInt(text.length), true);
  return fileWith(Buffer.concat([prefix, text, data]));
}

async function fileWith(bytes: Uint8Array): Promise<string> {
  const file = path.join(directory, `${files++}.safetensors`);
  await writeFile(file, bytes);
  return file;
}

const entry = (dtype: string, shape: readonly number[], from: number, to: number): string =>
  `{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${from},${to}]}`;

test("a file written by hand from the format's description reads as its numbers", async () => {
  const data = new Uint8Array(8 + 4 + 4);
  const view = new DataView(data.buffer);
  view.setFloat32(0, 1.5, true);
  view.setFloat32(4, -2, true);
  view.setUint16(8, 0x3f80, true); // bfloat16 1
  view.setUint16(10, 0xc049, true); // bfloat16 -3.140625
  view.setUint16(12, 0x3c00, true); // float16 1
  view.setUint16(14, 0x7bff, true); // float16 65504
  const file = await fileOf(
    `{"__metadata__":{"made":"by hand"},"a":${entry("F32", [2, 1], 0, 8)},"b":${entry("BF16", [2], 8, 12)},"c":${entry("F16", [2], 12, 16)}}   `,
    data,
  );
  const weights = await readWeights(file);
  assert.deepEqual(weights.get("a"), float32([2, 1], [1.5, -2]));
  assert.deepEqual(weights.get("b"), float32([2], [1, -3.140625]));
  assert.deepEqual(weights.get("c"), tensor("float16", [2], Uint16Array.of(0x3c00, 0x7bff)));
  const open = await openWeights(file);
  assert.deepEqual(open.metadata, { made: "by hand" });
  assert.deepEqual(open.tensors.map(({ storedAs }) => storedAs), ["F32", "BF16", "F16"]);
  await assert.rejects(open.read("d"), /unknown-tensor|expected a tensor of the file/);
  await open.close();
});

const dtypes: DataType[] = ["float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint16", "uint8", "bool"];
const anyTensor: fc.Arbitrary<Tensor> = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.nat(4), { maxLength: 4 }), seed: fc.nat(255) })
  .map(({ dtype, shape, seed }) => {
    const value = zeros(dtype, shape);
    new Uint8Array(value.data.buffer as ArrayBuffer).fill(dtype === "bool" ? seed & 1 : seed);
    return value;
  });

test("tensors of every type and shape, under any name, survive a round trip bit for bit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme" }), anyTensor), { selector: ([name]) => name, maxLength: 8 }),
      async (named) => {
        const tensors = new Map(named.filter(([name]) => name !== "__metadata__"));
        tensors.set("__proto__", float32([1], [7]));
        const file = path.join(directory, "round.safetensors");
        await writeSafetensors(file, tensors, { note: "ä \u0000" });
        const back = await readWeights(file);
        assert.equal(back.size, tensors.size);
        for (const [name, value] of tensors) {
          const got = back.get(name)!;
          assert.equal(got.dtype, value.dtype);
          assert.deepEqual(got.shape, value.shape);
          assert.deepEqual(new Uint8Array(got.data.buffer as ArrayBuffer), new Uint8Array(value.data.buffer as ArrayBuffer));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("values are aligned in the file and the same tensors give the same bytes in any order", () => {
  const a: [string, Tensor] = ["a", zeros("uint8", [3])];
  const b: [string, Tensor] = ["b", zeros("float64", [2])];
  const one = Buffer.concat(encodeSafetensors(new Map([a, b])));
  assert.deepEqual(one, Buffer.concat(encodeSafetensors(new Map([b, a]))));
  assert.equal(Number(one.readBigUInt64LE(0)) % 8, 0);
  assert.match(one.toString("latin1"), /"b":\{"dtype":"F64","shape":\[2\],"data_offsets":\[0,16\]\}/);
});

test("writing leaves no temporary file, and a failed write leaves the old file", async () => {
  const folder = await mkdtemp(path.join(directory, "atomic-"));
  const file = path.join(folder, "w.safetensors");
  await writeSafetensors(file, new Map([["a", float32([1], [1])]]));
  const before = await readFile(file);
  await assert.rejects(writeSafetensors(file, new Map([["__metadata__", float32([1], [1])]])), /expected a name that the format leaves free/);
  assert.deepEqual(await readFile(file), before);
  assert.deepEqual(await readdir(folder), ["w.safetensors"]);
  await assert.rejects(writeSafetensors(path.join(file, "w.safetensors"), new Map()), { code: "file-eexist" });
});

const hostile: { item: string; header: string | Uint8Array; data?: number; headerLength?: bigint; reason: RegExp }[] = [
  { item: "a header longer than the file", header: "{}", headerLength: 3n, reason: /header of 3 bytes in a file of 10/ },
  { item: "a header of 2^63 bytes", header: "{}", headerLength: 1n << 63n, reason: /8000000 are allowed/ },
  { item: "a header of more than 8 MB", header: "{}", headerLength: 8_000_001n, reason: /8000000 are allowed/ },
  { item: "text that is not JSON", header: "{", reason: /JSON/ },
  { item: "bytes that are not UTF-8", header: Uint8Array.of(0x7b, 0xff, 0x7d), reason: /encoded|utf/i },
  { item: "a list", header: "[]", reason: /not a JSON object/ },
  { item: "a name given twice", header: `{"a":${entry("U8", [1], 0, 1)},"a":${entry("U8", [1], 1, 2)}}`, data: 2, reason: /"a" is given twice/ },
  { item: "a name given twice in other letters", header: `{"a":${entry("U8", [1], 0, 1)},"\\u0061":${entry("U8", [1], 1, 2)}}`, data: 2, reason: /"a" is given twice/ },
  { item: "a shape given twice", header: '{"a":{"dtype":"U8","shape":[1],"shape":[2],"data_offsets":[0,1]}}', data: 1, reason: /"shape" is given twice/ },
  { item: "an overlap", header: `{"a":${entry("U8", [2], 0, 2)},"b":${entry("U8", [2], 1, 3)}}`, data: 3, reason: /does not follow/ },
  { item: "a gap", header: `{"a":${entry("U8", [1], 0, 1)},"b":${entry("U8", [1], 2, 3)}}`, data: 3, reason: /does not follow/ },
  { item: "data behind the last tensor", header: `{"a":${entry("U8", [1], 0, 1)}}`, data: 2, reason: /1 bytes and 2 bytes of data/ },
  { item: "a tensor past the end", header: `{"a":${entry("U8", [2], 0, 2)}}`, data: 1, reason: /2 bytes and 1 bytes of data/ },
  { item: "negative offsets", header: `{"a":${entry("U8", [1], -1, 0)}}`, data: 1, reason: /data_offsets/ },
  { item: "reversed offsets", header: `{"a":${entry("U8", [1], 1, 0)}}`, data: 1, reason: /1 bytes at 1 to 0/ },
  { item: "a negative extent", header: `{"a":${entry("U8", [-1, -1], 0, 1)}}`, data: 1, reason: /shape/ },
  { item: "a fractional extent", header: `{"a":${entry("U8", [0.5, 2], 0, 1)}}`, data: 1, reason: /shape/ },
  { item: "a shape whose size overflows", header: `{"a":${entry("F32", [2 ** 32, 2 ** 32], 0, 4)}}`, data: 4, reason: /bytes at 0 to 4/ },
  { item: "an offset beyond the safe integers", header: `{"a":{"dtype":"U8","shape":[1],"data_offsets":[9007199254740993,9007199254740994]}}`, reason: /data_offsets/ },
  { item: "an unknown type", header: `{"a":${entry("F31", [1], 0, 4)}}`, data: 4, reason: /unknown type "F31"/ },
  { item: "a type named like a method", header: `{"a":${entry("constructor", [1], 0, 4)}}`, data: 4, reason: /unknown type/ },
  { item: "a length that is not the shape's", header: `{"a":${entry("F32", [2], 0, 4)}}`, data: 4, reason: /8 bytes at 0 to 4/ },
  { item: "an unknown field", header: '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}', data: 1, reason: /Unrecognized key/ },
  { item: "metadata that is not text", header: '{"__metadata__":{"a":1}}', reason: /metadata that is not text/ },
];

for (const { item, header, data, headerLength, reason } of hostile) {
  test(`a file with ${item} is refused before any value is read`, async () => {
    const file = await fileOf(header, new Uint8Array(data ?? 0), headerLength);
    await assert.rejects(openWeights(file), (error: unknown) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, reason);
      assert.match(error.message, /\.safetensors: expected .* got/s);
      return true;
    });
  });
}

test("an empty file, a folder, a missing file and an unknown ending each get their own refusal", async () => {
  await assert.rejects(openWeights(await fileWith(new Uint8Array(0))), { code: "weights-header" });
  await assert.rejects(openWeights(path.join(directory, "none.safetensors")), { code: "weights-file-missing" });
  await assert.rejects(openWeights("weights.txt"), { code: "weights-format" });
  const folder = await mkdtemp(path.join(directory, "folder-"));
  const asFile = path.join(folder, "x.safetensors");
  await (await import("node:fs/promises")).mkdir(asFile);
  await assert.rejects(openWeights(asFile), { code: "weights-unreadable" });
});

test("a type without counterpart is refused only when it is read", async () => {
  const open = await openWeights(await fileOf(`{"a":${entry("U64", [1], 0, 8)}}`, new Uint8Array(8)));
  await assert.rejects(open.read("a"), { code: "weights-type" });
  await open.close();
});

test("a damaged file opens to right values or is refused, whatever bytes are changed", async () => {
  const sound = Buffer.concat(encodeSafetensors(new Map<string, Tensor>([["a.weight", zeros("float32", [3, 4])], ["b", zeros("int8", [5])]])));
  const change = fc.record({ at: fc.nat(sound.length - 1), value: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(sound.length), async (changes, cut) => {
      const bytes = Buffer.from(sound);
      for (const { at, value } of changes) bytes[at] = value;
      const file = path.join(directory, "fuzz.safetensors");
      await writeFile(file, cut % 4 === 0 ? bytes.subarray(0, cut) : bytes);
      try {
        for (const value of (await readWeights(file)).values()) assert.equal(value.data.length, sizeOf(value.shape));
      } catch (error) {
        assert.ok(error instanceof OsteonError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
