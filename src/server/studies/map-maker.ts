import path from "node:path";
import { float32 } from "../../base/index.js";
import type { ClassTarget, MethodName } from "../../explain/index.js";
import { refusal } from "../http/refusal.js";
import type { CasePicture } from "./case-picture.js";
import { LatestUsed } from "./latest-used.js";

export interface MapRequest {
  /** Model file of the fold that did not see the case. */
  readonly model: string;
  readonly picture: CasePicture;
  readonly original: Buffer | undefined;
  readonly method: MethodName;
  /** Class that is explained; the predicted one where left out. */
  readonly label?: number;
  /** Says the same model, case, method and class again. */
  readonly key: string;
}

export interface MadeMap {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Maps waiting to be made, beyond which a request is turned away. */
const mostWaiting = 8;

/** Makes heat maps on demand, one at a time; those made last are kept. */
export class MapMaker {
  readonly #made = new LatestUsed<string, Promise<MadeMap>>(64);
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  make(request: MapRequest): Promise<MadeMap> {
    return this.#made.get(request.key, () => {
      if (this.#waiting >= mostWaiting) return Promise.reject(refusal("busy", {}, { headers: { "retry-after": "5" } }));
      this.#waiting += 1;
      const run = this.#last.then(() => makeMap(request)).finally(() => (this.#waiting -= 1));
      this.#last = run.catch(() => {});
      return run;
    });
  }
}

async function makeMap({ model, picture, original, method, label }: MapRequest): Promise<MadeMap> {
  const [{ createExplainer, methods }, { bundleNetwork, readBundle }, { decodeImage, fitToFrame, normalize }] = await Promise.all([import("../../explain/index.js"), import("../../models/index.js"), import("../../images/index.js")]);
  const bundle = await readBundle(model);
  const { preprocessing, region } = bundle.metadata;
  if (region !== undefined) throw refusal("map-of-region", { method: methods[method].title });
  // What the study's networks saw: the original fitted as the model file says, or the frame that was kept.
  const frame = original === undefined ? picture.pixels : fitToFrame(await decodeImage(original, { name: "image", channels: preprocessing.channels }), preprocessing);
  if (original === undefined && picture.height !== preprocessing.size) throw refusal("map-without-image");
  const planes = preprocessing.mean.length;
  const input = new Float32Array(planes * preprocessing.size ** 2);
  normalize(frame, preprocessing, input);
  const { network, weights } = bundleNetwork(bundle);
  const target: ClassTarget | undefined = label === undefined ? undefined : { class: label };
  const explainer = await createExplainer(network, weights, method, { ...(target && { target }), engine: { threads: 1 } });
  try {
    const { maps } = await explainer.explain(float32([1, planes, preprocessing.size, preprocessing.size], input), { signal: AbortSignal.timeout(120_000) });
    return maps[0]!;
  } finally {
    await explainer.release();
  }
}

export const modelPath = (folder: string, file: string): string => path.join(folder, ...file.split("/"));
