export type Device = "cpu" | "webgpu" | "cuda";

/** How convolutions keep their values in memory: as ONNX says, or in the runtime's blocked layout where it pays. */
export type Layout = "auto" | "plain" | "blocked";

export interface EngineOptions {
  /** Where the graph runs. Never replaced silently by another device. Default `"cpu"`. */
  readonly device?: Device;
  /** Threads of one operator on the CPU. Default: the physical cores this process may use. */
  readonly threads?: number;
  /** Default `"auto"`: blocked on a CPU whose runtime passes the probe, when weights are inputs. */
  readonly layout?: Layout;
  /** Numbers for named extents, for example `{ N: 16 }`: some forms of gradients need to know the batch. */
  readonly extents?: Readonly<Record<string, number>>;
  /** How far the runtime may rewrite the graph. Default `"all"`, for graphs of more than 10,000 nodes `"basic"`. */
  readonly optimize?: "none" | "basic" | "all";
  /** Path prefix of a profile (time of every operator), written when the session is released. */
  readonly profile?: string;
  /** Keep freed memory for the next run: faster, and the process stays as large as its largest run. Default true, false for graphs whose inputs take two gigabytes. */
  readonly arena?: boolean;
  /** Memory that the process may take while it trains: steps that would take more make values anew on the way back. No limit by default. */
  readonly memoryBytes?: number;
}
