import type { HeatMap } from "../explain/index.js";
import type { DecodedImage } from "../images/index.js";
import type { BundleMetadata, LookedAt, ScopeVerdict } from "../models/index.js";

/** A file in a page: its bytes, a file that was chosen or dropped, or an address of the page's own origin. */
export type FileSource = ArrayBuffer | Uint8Array | Blob | URL | string;

export interface OpenOptions {
  /** `"cpu"` (default) is WebAssembly; `"webgpu"` fails where the browser has none; `"auto"` takes WebGPU where it is. */
  readonly device?: "cpu" | "webgpu" | "auto";
  /** Threads of WebAssembly; by default the processor's, at most 8, and 1 where the page is not isolated (see docs/browser.md). */
  readonly threads?: number;
  /** Folder of the runtime's files; by default `runtime/` beside the bundle. */
  readonly runtime?: string | URL;
  /** Loads the codecs of compressed DICOM files too, from the same folder: 4 MB. */
  readonly dicomCodecs?: boolean;
}

/** What a model says of an image. */
export interface Prediction extends Omit<LookedAt, "probabilities"> {
  readonly label: string;
  /** By label, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Whether the model was made for such an image; where it was not, its label means nothing. */
  readonly scope: ScopeVerdict;
  /** The image as it was decoded, upright. */
  readonly image: DecodedImage;
  /** Time for reading the image, and for the network with its map. */
  readonly milliseconds: { readonly decode: number; readonly predict: number };
}

/** An image whose label is known. */
export interface Example {
  readonly image: FileSource;
  readonly label: string;
  /** How errors call it. */
  readonly name?: string;
}

export interface TuneOptions {
  /** `"head"` (default): the last layer. `"last-stage"`: the last stage of the network as well. */
  readonly part?: "head" | "last-stage";
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly onProgress?: (progress: TuneProgress) => void;
  readonly signal?: AbortSignal;
}

export interface TuneProgress {
  readonly task: "reading images" | "training";
  readonly done: number;
  readonly total: number;
  /** Short reading, for example the loss. */
  readonly note?: string;
}

export interface TunedModel {
  /** The model file. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** It, opened. */
  readonly model: PageModel;
  /** One entry per epoch. */
  readonly history: readonly { readonly loss: number; readonly accuracy: number }[];
}

/** A model of Osteon that is loaded in a page. */
export interface PageModel {
  readonly metadata: BundleMetadata;
  readonly device: "cpu" | "webgpu";
  readonly threads: number;
  /**
   * Reads an image, asks the model, and keeps everything in the page.
   * @throws DataError `image-...`, `dicom-...`
   */
  predict(image: FileSource, options?: { readonly name?: string }): Promise<Prediction>;
  /**
   * Trains the end of the network further on a few labelled images, in the page. Labels may be new ones: the last layer is then new too.
   * @throws InputError `tune-examples`; UnsupportedError `tune-network`
   */
  tune(examples: readonly Example[], options?: TuneOptions): Promise<TunedModel>;
  release(): Promise<void>;
}

/** Colors and opacity of a map, ready to be put over an image of the same size. */
export interface PaintedMap {
  /** RGBA, [H, W]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly height: number;
  readonly width: number;
}

export type { HeatMap };
