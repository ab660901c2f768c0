import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, gunzipSync } from "node:zlib";
import type { Random, Tensor } from "../../base/index.js";
import { OsteonError, seededRandom, sizeOf, zeros } from "../../base/index.js";
import { GraphBuilder, encodeModel, opsetOf } from "../../graph/index.js";
import { memorySource } from "./byte-source.js";
import { readWeights } from "./index.js";
import { encodeSafetensors } from "./write-safetensors.js";
import { openZip } from "./zip-archive.js";

const fixture = async <T>(name: string): Promise<T> => JSON.parse(await readFile(path.resolve("test/fixtures/models", name), "utf8")) as T;

/** Sound and hostile files that mutations start from. */
export const fuzzedReaders: Readonly<Record<string, { readonly extension: string; readonly files: () => Promise<Uint8Array[]> }>> = {
  safetensors: {
    extension: ".safetensors",
    async files() {
      const tensors = new Map<string, Tensor>([["features.0.weight", zeros("float32", [4, 3, 3, 3])], ["features.0.bias", zeros("float16", [4])], ["step", zeros("int64", [])], ["empty", zeros("uint8", [0, 2])]]);
      return [Buffer.concat(encodeSafetensors(tensors, { format: "pt" })), Buffer.concat(encodeSafetensors(new Map([["a", zeros("int8", [3])]])))];
    },
  },
  pth: {
    extension: ".pth",
    async files() {
      const { files, hostile } = await fixture<{ files: Record<string, { base64: string }>; hostile: Record<string, string> }>("pth.json");
      return [...Object.values(files).map(({ base64 }) => base64), ...Object.values(hostile)].map((base64) => Buffer.from(base64, "base64"));
    },
  },
  "keras-h5": { extension: ".h5", files: () => hdf5Files((name) => name.endsWith(".h5")) },
  "keras-archive": { extension: ".keras", files: () => hdf5Files((name) => name.endsWith(".keras")) },
  onnx: {
    extension: ".onnx",
    async files() {
      const graph = smallNetwork();
      return [encodeModel({ graph, opsets: opsetOf(graph), producer: "test", metadata: { note: "x" } })];
    },
  },
};

async function hdf5Files(isWanted: (name: string) => boolean): Promise<Uint8Array[]> {
  const { files } = await fixture<{ files: Record<string, { base64: string }> }>("hdf5.json");
  return Object.entries(files).filter(([name]) => isWanted(name)).map(([, { base64 }]) => gunzipSync(Buffer.from(base64, "base64")));
}

function smallNetwork(): ReturnType<GraphBuilder["build"]> {
  const builder = new GraphBuilder({ name: "small" });
  const input = builder.input("input", "float32", ["N", 3, 8, 8]);
  const convolved = builder.op("Conv", [input, builder.initializer("onnx::Conv_1", zeros("float32", [4, 3, 3, 3])), builder.initializer("onnx::Conv_2", zeros("float32", [4]))], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2], dilations: [1, 1], group: 1 });
  const pooled = builder.op("GlobalAveragePool", [builder.op("Relu", [convolved])]);
  const flat = builder.op("Reshape", [pooled, builder.constant([-1, 4])]);
  builder.output(builder.op("Gemm", [flat, builder.initializer("fc.weight", zeros("float32", [2, 4])), builder.initializer("fc.bias", zeros("float32", [2]))], { transB: 1 }), "logits");
  return builder.build();
}

/** Numbers that lengths and offsets break at. */
const edges = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 0x7fff_ffffn, 0xffff_ffffn, 1n << 40n, (1n << 53n) + 1n, (1n << 63n) - 1n, (1n << 64n) - 1n];

/** One mutated file: flipped bits, changed bytes, a cut, a piece moved, doubled or left out, a number replaced by an extreme one. */
export function mutate(files: readonly Uint8Array[], random: Random): Uint8Array {
  const pick = (n: number): number => Math.min(n - 1, Math.floor(random.uniform() * n));
  let bytes = Buffer.from(files[pick(files.length)]!);
  const changes = 1 + pick(3);
  for (let change = 0; change < changes && bytes.length > 16; change++) {
    const at = pick(bytes.length);
    const length = 1 + pick(Math.min(bytes.length - at, random.uniform() < 0.5 ? 16 : 4096));
    switch (pick(8)) {
      case 0:
        for (let i = 0; i <= pick(8); i++) bytes[pick(bytes.length)]! ^= 1 << pick(8);
        break;
      case 1:
        bytes[at] = pick(256);
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes.copy(bytes, pick(bytes.length), at, at + length);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 6:
        writeNumber(bytes, pick(bytes.length), { width: [1, 2, 4, 8][pick(4)]!, value: edges[pick(edges.length)]! });
        break;
      default:
        tamperWithNumber(bytes, { pick, at });
    }
  }
  return bytes;
}

function writeNumber(bytes: Buffer, at: number, { width, value }: { width: number; value: bigint }): void {
  for (let i = 0; i < width && at + i < bytes.length; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}

/** Finds a small little-endian number, as lengths and counts are, or a digit of a text, and makes it another. */
function tamperWithNumber(bytes: Buffer, { pick, at }: { pick: (n: number) => number; at: number }): void {
  for (let i = at; i < Math.min(bytes.length - 8, at + 4096); i++) {
    if (bytes[i]! >= 0x30 && bytes[i]! <= 0x39) {
      bytes[i] = 0x30 + pick(10);
      return;
    }
    if (bytes[i] !== 0 && bytes[i + 1] === 0 && bytes[i + 2] === 0 && bytes[i + 3] === 0) {
      writeNumber(bytes, i, { width: 4, value: edges[pick(edges.length)]! });
      return;
    }
  }
}

/** A member of an archive is mutated and gets a right checksum, so that what is behind the checksum is reached. */
async function mutateMember(files: readonly Uint8Array[], random: Random): Promise<Uint8Array | undefined> {
  const source = files[Math.floor(random.uniform() * files.length)]!;
  const archive = await openZip(memorySource("sound", source), { compressed: "allowed" }).catch(() => undefined);
  if (archive === undefined) return undefined;
  const members = new Map<string, Uint8Array>();
  for (const name of archive.entries.keys()) members.set(name, await archive.read(name, 1 << 24));
  const names = [...members.keys()].filter((name) => /data\.pkl|config\.json|\.h5/.test(name));
  const chosen = names[Math.floor(random.uniform() * names.length)];
  if (chosen !== undefined) members.set(chosen, mutate([members.get(chosen)!], random));
  return storedZip(members);
}

/** An archive of uncompressed members. @see PKWARE APPNOTE 6.3.10, 4.3.6 */
export function storedZip(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, bytes] of members) {
    const encoded = Buffer.from(name);
    const facts = Buffer.alloc(22);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(bytes.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(encoded.length);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    bodies.push(Buffer.from("PK\x03\x04"), facts, lengths, encoded, Buffer.from(bytes));
    directory.push(Buffer.from("PK\x01\x02\0\0"), facts, lengths, place, encoded);
    offset += 30 + encoded.length + bytes.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.size, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, ...directory, Buffer.from("PK\x05\x06"), end]);
}

export interface FuzzResult {
  readonly read: number;
  readonly refused: number;
  /** Longest time of one file, of the processor and of the clock. */
  readonly slowestCpuMs: number;
  readonly slowestMs: number;
  /** Peak of the process, in MiB. */
  readonly peakMiB: number;
}

/**
 * Reads mutated files one after another.
 * @throws the first error that is none of ours, with the number of the file
 */
export async function fuzzReader(reader: string, { count, seed }: { readonly count: number; readonly seed: number }): Promise<FuzzResult> {
  const { extension, files } = fuzzedReaders[reader]!;
  const sources = await files();
  const directory = await mkdtemp(path.join(tmpdir(), "osteon-fuzz-"));
  const file = path.join(directory, `mutated${extension}`);
  let [read, refused, slowestMs, slowestCpuMs] = [0, 0, 0, 0];
  try {
    for (let i = 0; i < count; i++) {
      const random = seededRandom("fuzz", reader, seed, i);
      const isArchive = reader === "pth" || reader === "keras-archive";
      const bytes = (isArchive && i % 2 === 0 ? await mutateMember(sources, random) : undefined) ?? mutate(sources, random);
      await writeFile(file, bytes);
      const [before, cpu] = [performance.now(), process.cpuUsage()];
      try {
        for (const [name, { data, shape }] of await readWeights(file)) if (data.length !== sizeOf(shape)) throw new Error(`${name}: ${data.length} values for [${shape.join(", ")}]`);
        read++;
      } catch (error) {
        const isOurs = error instanceof OsteonError && error.exitCode !== 70 && error.message.length < 2000;
        if (!isOurs) throw new Error(`${reader}, seed ${seed}, file ${i}: ${error instanceof Error ? error.stack : String(error)}`, { cause: error });
        refused++;
      }
      const used = process.cpuUsage(cpu);
      slowestCpuMs = Math.max(slowestCpuMs, (used.user + used.system) / 1000);
      slowestMs = Math.max(slowestMs, performance.now() - before);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return { read, refused, slowestCpuMs, slowestMs, peakMiB: process.resourceUsage().maxRSS / 1024 };
}

/** Makes every way to start a program or evaluate text an error that is none of ours. */
export function forbidCode(): void {
  const forbid = (name: string) => () => {
    throw new Error(`code was run: ${name}`);
  };
  for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"] as const) Object.assign(childProcess, { [name]: forbid(name) });
  syncBuiltinESMExports();
  Object.assign(globalThis, { eval: forbid("eval") });
}

// As a program: node fuzz.testkit.js READER COUNT SEED prints the result as JSON.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [reader, count, seed] = process.argv.slice(2);
  forbidCode();
  process.stdout.write(JSON.stringify(await fuzzReader(reader!, { count: Number(count), seed: Number(seed) })));
}
