import { DataError, InputError } from "../base/index.js";
import { looksLikeDicom, parseDicom, readAcquisition } from "../dicom/index.js";
import { setWebRuntime, type WebDevice } from "../engine/web/index.js";
import { decodeBundle, judgeScope, openPredictor, outputsOfBundle, type Bundle } from "../models/index.js";
import type { FileSource, OpenOptions, PageModel, Prediction } from "./contract.js";
import { decodeFor } from "./decode-for.js";
import { nameOf, readSource } from "./read-source.js";
import { preloadFile } from "./stand-ins/node-fs.js";
import { tuneBundle } from "./tune-bundle.js";

/** More gain little and leave nothing for the rest of the machine. */
const mostThreads = 8;

const dicomCodecs = "dcmjs-native-codecs.wasm";

/** Where a model runs. */
interface Place {
  readonly device: WebDevice;
  readonly threads: number;
}

async function hasWebGpu(): Promise<boolean> {
  const gpu = (navigator as { gpu?: { requestAdapter: () => Promise<unknown> } }).gpu;
  return gpu !== undefined && (await gpu.requestAdapter()) !== null;
}

async function choosePlace({ device = "cpu", threads = Math.min(mostThreads, navigator.hardwareConcurrency) }: OpenOptions): Promise<Place> {
  if (!Number.isInteger(threads) || threads < 1) throw new InputError("threads", `threads: expected a whole number of at least 1, got ${threads}.`);
  const found = device === "auto" ? ((await hasWebGpu()) ? "webgpu" : "cpu") : device;
  return { device: found, threads: crossOriginIsolated ? threads : 1 };
}

/**
 * Opens a model file of Osteon in a page. Nothing but the model and the runtime's files is ever asked for, and both come from the
 * page's own origin; images are read, prepared and predicted in the page.
 * @throws DataError `model-...` for a file that is no model of Osteon, `file-unreachable`; InputError `other-origin`, `threads`,
 *   `runtime-settings`; UnsupportedError `device-unavailable`
 */
export async function openModel(source: FileSource, options: OpenOptions = {}): Promise<PageModel> {
  const place = await choosePlace(options);
  const folder = new URL(options.runtime ?? "runtime/", options.runtime === undefined ? import.meta.url : location.href).href.replace(/\/?$/, "/");
  if (new URL(folder).origin !== location.origin) throw new InputError("other-origin", `${folder}: expected a folder of ${location.origin}, got another origin. Serve the runtime's files beside the page.`);
  setWebRuntime({ ...place, folder });
  if (options.dicomCodecs === true) preloadFile(dicomCodecs, await readSource(`${folder}${dicomCodecs}`));
  return openBundle(decodeBundle(await readSource(source), nameOf(source)), place);
}

/** A bundle, loaded. */
export async function openBundle(bundle: Bundle, place: Place): Promise<PageModel> {
  const { graph, metadata } = bundle;
  const missing = outputsOfBundle(metadata).find((name) => !graph.outputs.some((output) => output.name === name));
  if (missing !== undefined) throw new DataError("model-outputs", `the model: expected the outputs ${outputsOfBundle(metadata).join(", ")}, got none named ${missing}. Export the model again.`);
  const { device, threads } = place;
  const predictor = await openPredictor(graph, metadata, { device });
  const { labels, preprocessing } = metadata;
  return {
    metadata,
    device,
    threads,
    predict: async (source, { name = nameOf(source) } = {}): Promise<Prediction> => {
      const started = performance.now();
      const bytes = await readSource(source);
      const acquisition = looksLikeDicom(bytes) ? readAcquisition(parseDicom(bytes, { name, headerOnly: true })) : {};
      const image = await decodeFor(bytes, preprocessing, name);
      const decoded = performance.now();
      const { probabilities, ...rest } = await predictor.look(image, { name });
      return {
        ...rest,
        label: labels[probabilities.indexOf(Math.max(...probabilities))]!,
        probabilities: Object.fromEntries(labels.map((label, k) => [label, probabilities[k]!])),
        scope: judgeScope(metadata.scope, { acquisition, ...(rest.distance !== undefined && { distance: rest.distance }) }),
        image,
        milliseconds: { decode: decoded - started, predict: performance.now() - decoded },
      };
    },
    tune: async (examples, tuneOptions = {}) => {
      const { bundle: tuned, file, history } = await tuneBundle(bundle, examples, { ...tuneOptions, device });
      return { file, history, model: await openBundle(tuned, place) };
    },
    release: () => predictor.release(),
  };
}
