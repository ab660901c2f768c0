import type { Tensor } from "../../base/index.js";

/** A way to store named tensors in a file. */
export interface WeightsFormat {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Endings of file names, with the dot. */
  readonly extensions: readonly string[];
  /** Whether writing and reading back can change a value. */
  readonly lossy: boolean;
  /** Opens a file and checks everything that can be known before a value is read. */
  open(path: string): Promise<WeightsFile>;
}

/** What is known of a stored tensor without reading it. */
export interface StoredTensor {
  readonly name: string;
  /** Element type in the format's own spelling, for example `"BF16"`. */
  readonly storedAs: string;
  readonly shape: readonly number[];
}

/** An open file of weights; tensors are read one at a time, so that memory follows what is asked for. */
export interface WeightsFile {
  readonly tensors: readonly StoredTensor[];
  /** Free text pairs that travel with the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
  /** One tensor's values. bfloat16 is widened to float32, which changes nothing. */
  read(name: string): Promise<Tensor>;
  close(): Promise<void>;
}
