import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The codecs compiled to WebAssembly: IJG's libjpeg at 8, 12 and 16 bits, CharLS, OpenJPEG, OpenJPH. */
export type WasmCodec = "DecodeJpeg" | "DecodeJpegLs" | "DecodeJpeg2000" | "DecodeHtJpeg2000";
export type WasmEncoder = "EncodeJpeg" | "EncodeJpegLs" | "EncodeJpeg2000" | "EncodeHtJpeg2000";

export interface FrameShape {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly samplesPerPixel: number;
  readonly signed: boolean;
  /** Index in the codecs' list of photometric interpretations. */
  readonly photometric: number;
}

type Exports = Record<string, (...args: number[]) => number> & { readonly memory: WebAssembly.Memory };

/** A codec that said no, or fell over, at a damaged codestream. */
export class CodecFailure extends Error {}

/** After so many failures, or so much memory, the codecs are loaded anew: what a failure left allocated is never freed. */
const mostFailures = 32;
const mostBytes = 640 * 1024 * 1024;

let compiled: WebAssembly.Module | undefined;
let running: Exports | undefined;
let failures = 0;

function load(): Exports {
  compiled ??= new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve("dcmjs-codecs/build/dcmjs-native-codecs.wasm")));
  const text = (at: number, length: number): string => Buffer.from(exports.memory.buffer, at, length).toString("latin1");
  const nothing = (): number => 0;
  const instance = new WebAssembly.Instance(compiled, {
    env: {
      onCodecsException: (at: number, length: number): never => {
        throw new CodecFailure(text(at, length));
      },
      onCodecsInfo: nothing,
      onCodecsTrace: nothing,
      emscripten_notify_memory_growth: nothing,
    },
    wasi_snapshot_preview1: {
      proc_exit: (code: number): never => {
        throw new CodecFailure(`the codec ended with ${code}`);
      },
      clock_time_get: (_clock: number, _precision: bigint, at: number): number => {
        new DataView(exports.memory.buffer).setBigUint64(at, 0n, true);
        return 0;
      },
      // What the codecs write is dropped, and said to be written.
      fd_write: (_fd: number, vectors: number, count: number, written: number): number => {
        const view = new DataView(exports.memory.buffer);
        let bytes = 0;
        for (let i = 0; i < count; i++) bytes += view.getUint32(vectors + 8 * i + 4, true);
        view.setUint32(written, bytes, true);
        return 0;
      },
      fd_close: nothing,
      fd_seek: nothing,
      environ_sizes_get: (count: number, size: number): number => {
        const view = new DataView(exports.memory.buffer);
        view.setUint32(count, 0, true);
        view.setUint32(size, 0, true);
        return 0;
      },
      environ_get: nothing,
    },
  });
  const exports = instance.exports as unknown as Exports;
  exports["_initialize"]?.();
  return exports;
}

function codecs(): Exports {
  if (running !== undefined && (failures >= mostFailures || running.memory.buffer.byteLength > mostBytes)) running = undefined;
  if (running === undefined) {
    running = load();
    failures = 0;
  }
  return running;
}

function describe(api: Exports, context: number, shape: FrameShape): void {
  api["SetColumns"]!(context, shape.columns);
  api["SetRows"]!(context, shape.rows);
  api["SetBitsAllocated"]!(context, shape.bitsAllocated);
  api["SetBitsStored"]!(context, shape.bitsStored);
  api["SetSamplesPerPixel"]!(context, shape.samplesPerPixel);
  api["SetPixelRepresentation"]!(context, shape.signed ? 1 : 0);
  api["SetPlanarConfiguration"]!(context, 0);
  api["SetPhotometricInterpretation"]!(context, shape.photometric);
}

/** Runs work on the codecs; whatever goes wrong inside becomes a CodecFailure, and the stack is set back. */
function guarded<T>(work: (api: Exports) => T): T {
  const api = codecs();
  const stack = api["emscripten_stack_get_current"]!();
  try {
    return work(api);
  } catch (cause) {
    failures += 1;
    if (cause instanceof CodecFailure) {
      api["_emscripten_stack_restore"]!(stack);
      throw cause;
    }
    // A trap leaves the module in a state that nobody knows.
    failures = mostFailures;
    throw new CodecFailure((cause as Error).message, { cause });
  }
}

/** What a codec made of a frame. */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  readonly bitsAllocated: number;
  readonly samplesPerPixel: number;
  readonly planar: boolean;
  readonly photometric: number;
}

/**
 * Decodes one frame. Colors are left as the codestream holds them, but for the transforms inside JPEG 2000.
 * @throws CodecFailure
 */
export function decodeFrame(codec: WasmCodec, encoded: Uint8Array, shape: FrameShape): DecodedFrame {
  return guarded((api) => {
    const context = api["CreateCodecsContext"]!();
    describe(api, context, shape);
    api["SetEncodedBufferSize"]!(context, encoded.length);
    new Uint8Array(api.memory.buffer).set(encoded, api["GetEncodedBuffer"]!(context));
    const parameters = api["CreateDecoderParameters"]!();
    api["SetConvertColorspaceToRgb"]!(parameters, 0);
    api[codec]!(context, parameters);
    api["ReleaseDecoderParameters"]!(parameters);
    const at = api["GetDecodedBuffer"]!(context) >>> 0;
    const size = api["GetDecodedBufferSize"]!(context) >>> 0;
    const result = {
      bytes: new Uint8Array(api.memory.buffer, at, size).slice(),
      bitsAllocated: api["GetBitsAllocated"]!(context),
      samplesPerPixel: api["GetSamplesPerPixel"]!(context),
      planar: api["GetPlanarConfiguration"]!(context) === 1,
      photometric: api["GetPhotometricInterpretation"]!(context),
    };
    api["ReleaseCodecsContext"]!(context);
    return result;
  });
}

/**
 * Encodes one frame without loss.
 * @param bytes samples, interleaved, little endian
 * @throws CodecFailure
 */
export function encodeFrame(encoder: WasmEncoder, bytes: Uint8Array, shape: FrameShape, options: { readonly lossy?: boolean } = {}): Uint8Array {
  return guarded((api) => {
    const context = api["CreateCodecsContext"]!();
    describe(api, context, shape);
    api["SetDecodedBufferSize"]!(context, bytes.length);
    new Uint8Array(api.memory.buffer).set(bytes, api["GetDecodedBuffer"]!(context));
    const parameters = api["CreateEncoderParameters"]!();
    const settings = { Lossy: options.lossy === true ? 1 : 0, Quality: 90, SmoothingFactor: 0, SampleFactor: 0, Predictor: 1, PointTransform: 0, AllowedLossyError: 2, ProgressionOrder: 0, Rate: 10, AllowMct: 1 };
    for (const [name, value] of Object.entries(settings)) api[`Set${name}`]!(parameters, value);
    api[encoder]!(context, parameters);
    api["ReleaseEncoderParameters"]!(parameters);
    const encoded = new Uint8Array(api.memory.buffer, api["GetEncodedBuffer"]!(context) >>> 0, api["GetEncodedBufferSize"]!(context) >>> 0).slice();
    api["ReleaseCodecsContext"]!(context);
    return encoded;
  });
}
