// Run in a process that may write no file above 64 KiB, which stands for a disk that fills up in the middle of a write.
import { DataError, float32 } from "../../base/index.js";
import { CheckpointStore } from "./store.js";

const directory = process.argv[2];
if (directory !== undefined) {
  const store = new CheckpointStore(directory);
  await store.write({ tensors: new Map(), record: { n: 1 } });
  const large = new Map([["weight", float32([100_000], new Float32Array(100_000))]]);
  const error = await store.write({ tensors: large, record: { n: 2 } }).then(
    () => undefined,
    (reason: Error) => reason,
  );
  const { content } = await store.read();
  process.stdout.write(JSON.stringify({ isDataError: error instanceof DataError, message: error?.message, record: content?.record }));
}
