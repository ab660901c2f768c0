import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { OsteonError } from "../../base/index.js";
import { storedZip } from "./fuzz.testkit.js";
import { readWeights } from "./index.js";

const directory = await mkdtemp(path.join(tmpdir(), "osteon-hostile-"));
after(() => rm(directory, { recursive: true }));

const repeated = (bytes: Uint8Array, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes));

function safetensors(header: Uint8Array, announced = header.length): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(announced));
  return Buffer.concat([prefix, header]);
}

const entries = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`).join(",")}}`;

/** The pickles before the state dict in a file of old PyTorch: magic number, version of the format, machine. */
const legacyStart = Buffer.concat([
  Buffer.from("80028a0a6cfc9c46f9206aa850192e", "hex"),
  Buffer.from("80024de9032e", "hex"),
  Buffer.from("80027d710028580d000000", "hex"),
  Buffer.from("little_endian"),
  Buffer.from("88752e", "hex"),
  Buffer.from("8002", "hex"),
]);
const pickle = (...parts: Uint8Array[]): Buffer => Buffer.concat([legacyStart, ...parts]);

function field(number: number, bytes: Uint8Array): Buffer {
  const head = [(number << 3) | 2];
  let rest = bytes.length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) head.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...head, rest]), bytes]);
}
const onnx = (graph: Uint8Array): Buffer => Buffer.concat([Buffer.from([8, 8]), field(7, graph), field(8, Buffer.from([16, 17]))]);

const cases: { item: string; extension: string; bytes: () => Uint8Array; reason: RegExp }[] = [
  { item: "a header of ten million tensors", extension: ".safetensors", bytes: () => safetensors(Buffer.from(entries(1000)), 600_000_000), reason: /header of 600000000 bytes, where 8000000 are allowed/ },
  { item: "sixty thousand tensors", extension: ".safetensors", bytes: () => safetensors(Buffer.from(entries(60_000))), reason: /more than 20002 objects/ },
  { item: "eight million brackets", extension: ".safetensors", bytes: () => safetensors(Buffer.alloc(8_000_000, "[")), reason: /brackets 65 deep/ },
  { item: "a shape of four million axes", extension: ".safetensors", bytes: () => safetensors(Buffer.from(`{"a":{"dtype":"U8","shape":[${"1,".repeat(3_900_000)}1],"data_offsets":[0,0]}}`)), reason: /more than 600000 texts and numbers/ },
  { item: "fifteen million dictionaries", extension: ".pth", bytes: () => pickle(Buffer.alloc(15_000_000, 0x7d)), reason: /more than 50000 dictionaries/ },
  { item: "fifteen million lists", extension: ".pth", bytes: () => pickle(Buffer.alloc(15_000_000, 0x5d)), reason: /more than 250000 instructions/ },
  { item: "a list that is kept fifteen million times", extension: ".pth", bytes: () => pickle(Buffer.from([0x5d]), Buffer.alloc(15_000_000, 0x94)), reason: /more than 250000 instructions/ },
  { item: "whole numbers of 255 bytes", extension: ".pth", bytes: () => pickle(repeated(Buffer.concat([Buffer.from([0x8a, 255]), Buffer.alloc(255, 7)]), 60_000)), reason: /a whole number of 255 bytes/ },
  { item: "a pickle of twenty million bytes in an archive", extension: ".pth", bytes: () => storedZip(new Map([["a/data.pkl", Buffer.alloc(20_000_000, 0x5d)]])), reason: /a member a\/data\.pkl of 20000000 bytes/ },
  { item: "a description of sixteen million bytes", extension: ".keras", bytes: () => storedZip(new Map([["model.weights.h5", Buffer.alloc(8)], ["config.json", Buffer.alloc(16_000_000, "[")]])), reason: /a member config\.json of 16000000 bytes/ },
  { item: "a million nodes in two million bytes", extension: ".onnx", bytes: () => onnx(Buffer.alloc(2_000_000, Buffer.from([10, 0]))), reason: /expected at most 30000 nodes/ },
  { item: "fifteen million numbers of 64 bits", extension: ".onnx", bytes: () => onnx(field(1, field(5, field(8, Buffer.alloc(15_000_000, 1))))), reason: /1000000 of 64 bits/ },
  { item: "constants in another file", extension: ".onnx", bytes: () => onnx(field(5, Buffer.concat([Buffer.from([8, 4, 16, 1]), field(8, Buffer.from("w")), field(13, Buffer.concat([field(1, Buffer.from("location")), field(2, Buffer.from("/etc/passwd"))])), Buffer.from([0x70, 1])]))), reason: /w: expected .*, got/ },
];

for (const [index, { item, extension, bytes, reason }] of cases.entries()) {
  test(`${extension} with ${item} is refused at once, and takes no memory`, async () => {
    const file = path.join(directory, `${index}${extension}`);
    await writeFile(file, bytes());
    const [cpu, memory] = [process.cpuUsage(), process.memoryUsage()];
    await assert.rejects(readWeights(file), (error: unknown) => {
      assert.ok(error instanceof OsteonError, String(error));
      assert.match(error.message, reason);
      assert.ok(error.message.length < 1000);
      return true;
    });
    const { user, system } = process.cpuUsage(cpu);
    assert.ok(user + system < 1e6, `${user + system} us`);
    const { heapUsed, external } = process.memoryUsage();
    assert.ok(heapUsed + external - memory.heapUsed - memory.external < 300e6);
    await rm(file);
  });
}
