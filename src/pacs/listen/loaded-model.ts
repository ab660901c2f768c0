import path from "node:path";
import { DataError } from "../../base/index.js";
import { sha256OfFile } from "../../files/index.js";
import type { DecodedImage } from "../../images/index.js";
import { openPredictor, outputsOfBundle, readBundle, type BundleMetadata, type Predictor } from "../../models/index.js";

export interface LoadedModel {
  readonly name: string;
  readonly sha256: string;
  readonly metadata: BundleMetadata;
  readonly predictor: Predictor;
}

/** @throws DataError `model-outputs` where the file makes less than it says */
export async function loadModel(name: string, { file, threads }: { readonly file: string; readonly threads?: number }): Promise<LoadedModel> {
  const { graph, metadata } = await readBundle(file);
  const missing = outputsOfBundle(metadata).find((wanted) => !graph.outputs.some((output) => output.name === wanted));
  if (missing !== undefined) throw new DataError("model-outputs", `${path.basename(file)}: expected an output ${missing}, got none. Export the model again.`);
  const predictor = await openPredictor(graph, metadata, threads === undefined ? undefined : { threads });
  const model = { name, sha256: await sha256OfFile(file), metadata, predictor };
  await warmUp(model);
  return model;
}

/** The first run sets memory aside and picks kernels: it is made on an empty image, so that no patient waits for it. */
async function warmUp({ metadata, predictor }: LoadedModel): Promise<void> {
  const { size, channels } = metadata.preprocessing;
  const source = { format: "dicom", bitDepth: 8, color: false, cmyk: false, alpha: false, orientation: 1, width: size, height: size } as const;
  const image: DecodedImage = channels === "grey" ? { pixels: new Float32Array(size * size), channels: 1, height: size, width: size, source } : { pixels: new Float32Array(3 * size * size), channels: 3, height: size, width: size, source };
  await predictor.look(image, { name: "empty image", windowOf: async () => ({ row: 0, column: 0, height: size, width: size }) });
}
