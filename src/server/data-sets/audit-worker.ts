import { parentPort, workerData } from "node:worker_threads";
import { OsteonError } from "../../base/index.js";
import { auditLeaks, checkImages, loadDataset, withKin, type ImageTraits } from "../../data/index.js";
import { auditShortcuts, leakResults } from "../../study/index.js";

// An audit decodes every image: beside the server, so that pages stay quick.
const { source } = workerData as { readonly source: string };
try {
  const traits = new Map<string, ImageTraits>();
  const dataset = await checkImages(await loadDataset(source, { skipBad: true }), { skipBad: true, onTraits: (id, own) => void traits.set(id, own) });
  const audit = await auditLeaks(dataset, {});
  const leaks = leakResults(dataset, audit);
  const shortcuts = await auditShortcuts(withKin(dataset, audit), traits, {});
  parentPort!.postMessage({ result: JSON.parse(JSON.stringify({ leaks: { ...leaks, pairs: leaks.pairs.slice(0, 2000) }, shortcuts })) as unknown });
} catch (error) {
  parentPort!.postMessage({ code: error instanceof OsteonError ? error.code : "internal", message: (error as Error).message, isOwn: error instanceof OsteonError });
}
