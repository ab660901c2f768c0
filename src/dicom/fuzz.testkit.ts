import type { Random } from "../base/index.js";
import { OsteonError } from "../base/index.js";
import { parseDicom } from "./parse/parse-dicom.js";
import { renderFrame } from "./pixels/render-frame.js";

/** A copy with bytes altered, cut, repeated or removed. */
export function mutate(original: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(original);
  const changes = 1 + random.integer(6);
  for (let k = 0; k < changes && bytes.length > 0; k++) {
    // Headers hold what decides; half of all changes fall there.
    const at = random.integer(random.integer(2) === 0 ? Math.min(bytes.length, 2500) : bytes.length);
    const kind = random.integer(8);
    if (kind < 4) bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(256)]);
    else if (kind === 4) new DataView(bytes.buffer).setUint32(Math.max(0, Math.min(at, bytes.length - 4)), random.pick([0xffffffff, 0x7fffffff, 0, random.integer(0x10000)]), true);
    else if (kind === 5) bytes = bytes.slice(0, at);
    else {
      const end = Math.min(bytes.length, at + 1 + random.integer(64));
      const parts = kind === 6 ? [bytes.subarray(0, at), bytes.subarray(end)] : [bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end)];
      bytes = Uint8Array.from(Buffer.concat(parts));
    }
    if (bytes.length < 8) break;
  }
  return bytes;
}

export interface FuzzOutcome {
  readonly decoded: number;
  readonly refused: number;
  /** Processor time of the slowest file, so that other programs on the machine do not count. */
  readonly slowestMs: number;
  readonly problems: readonly string[];
}

/** Reads mutated files: each is decoded or refused with an error of ours, in time. */
export function fuzz(originals: readonly { title: string; bytes: Uint8Array }[], count: number, random: Random): FuzzOutcome {
  let [decoded, refused, slowestMs] = [0, 0, 0];
  const problems: string[] = [];
  for (let i = 0; i < count; i++) {
    const { title, bytes } = originals[i % originals.length]!;
    const mutated = mutate(bytes, random);
    const started = process.cpuUsage();
    try {
      const file = parseDicom(mutated, { name: "fuzz.dcm" });
      renderFrame(file, { maxPixels: 20_000_000 });
      decoded += 1;
    } catch (error) {
      if (!(error instanceof OsteonError)) problems.push(`${title} ${i}: ${(error as Error).stack}`);
      else if (!/^fuzz\.dcm: expected .+, got .+\. [A-Z].+\.$/s.test(error.message)) problems.push(`${title} ${i}: ${error.message}`);
      refused += 1;
    }
    const { user, system } = process.cpuUsage(started);
    slowestMs = Math.max(slowestMs, (user + system) / 1000);
  }
  return { decoded, refused, slowestMs, problems };
}
