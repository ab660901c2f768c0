/** Takes the place of onnxruntime-node in the bundle for browsers: the same names, on onnxruntime-web. */
import { env, InferenceSession as WebSession, Tensor } from "onnxruntime-web/webgpu";

export { env, Tensor };

/** WebGPU is there where the browser offers it; the session says so if not. */
export function listSupportedBackends(): { readonly name: string; readonly bundled: boolean }[] {
  return ["cpu", "webgpu"].map((name) => ({ name, bundled: true }));
}

type Feeds = Parameters<WebSession["run"]>[0];
type Fetches = Record<string, Tensor | null>;

/** A session that fills the tensors it is given: the runtime for browsers leaves them as they are. */
function filling(session: WebSession): Pick<WebSession, "endProfiling" | "inputMetadata" | "outputMetadata" | "release"> & { run: (feeds: Feeds, fetches: Fetches) => Promise<Record<string, Tensor>> } {
  return {
    inputMetadata: session.inputMetadata,
    outputMetadata: session.outputMetadata,
    release: () => session.release(),
    endProfiling: () => session.endProfiling(),
    run: async (feeds, fetches) => {
      const results = await session.run(feeds, Object.keys(fetches));
      for (const [name, given] of Object.entries(fetches)) {
        if (given !== null) (given.data as Float32Array).set(results[name]!.data as Float32Array);
      }
      return results;
    },
  };
}

export const InferenceSession = {
  create: async (model: Uint8Array, options: WebSession.SessionOptions): Promise<ReturnType<typeof filling>> => filling(await WebSession.create(model, options)),
};
