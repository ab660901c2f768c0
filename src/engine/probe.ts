import { float32 } from "../base/index.js";
import { encodeModel, GraphBuilder, opsetOf } from "../graph/index.js";
import { openRuntimeSession, toRuntime } from "./runtime.js";

/** What the runtime of this process can do beyond ONNX. */
export interface Capabilities {
  /** Channels per block of its blocked layout on this processor; undefined where the layout does not work. */
  readonly block: 8 | 16 | undefined;
}

let found: Promise<Capabilities> | undefined;

/** Finds out once per process whether the runtime's blocked layout works here and how wide its blocks are. */
export function probe(): Promise<Capabilities> {
  found ??= findBlock().then((block) => ({ block }));
  return found;
}

/** 16 channels of 2 pixels, reordered, doubled by a convolution, and reordered back. */
function probeGraph(): Uint8Array {
  const builder = new GraphBuilder({ name: "probe" });
  const x = builder.input("x", "float32", [1, 16, 1, 2]);
  const reordered = builder.op("nchwc.ReorderInput", [x], {}, { output: "reordered" });
  const twos = builder.constant(float32([16, 1, 1, 1], new Float32Array(16).fill(2)));
  const doubled = builder.op("nchwc.Conv", [reordered, twos], { kernel_shape: [1, 1], group: 16 });
  builder.op("nchwc.ReorderOutput", [doubled], { channels: 16 }, { output: "doubled" });
  builder.output("reordered");
  builder.output("doubled");
  const graph = builder.build();
  return encodeModel({ graph, opsets: opsetOf(graph), producer: "osteon", metadata: {} });
}

async function findBlock(): Promise<8 | 16 | undefined> {
  try {
    const session = await openRuntimeSession(probeGraph(), { threads: 1 }, "load-graph");
    const numbers = Float32Array.from({ length: 32 }, (_, i) => i);
    const { reordered, doubled } = await session.run({ x: toRuntime(float32([1, 16, 1, 2], numbers)) });
    await session.release();
    const isRight = (doubled!.data as Float32Array).every((value, i) => value === 2 * i);
    // Number 1 is pixel 1 of channel 0: it lies one block after pixel 0.
    const block = (reordered!.data as Float32Array).indexOf(1);
    return isRight && (block === 8 || block === 16) ? block : undefined;
  } catch {
    // A runtime without these internal operators refuses the graph; that is the answer.
    return undefined;
  }
}
