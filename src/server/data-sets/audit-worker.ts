import { auditLeaks, checkImages, loadDataset, withKin, type ImageTraits } from "../../data/index.js";
import { auditShortcuts, leakResults } from "../../study/index.js";
import { answerAsWorker } from "../answer-as-worker.js";

// An audit decodes every image: beside the server, so that pages stay quick.
await answerAsWorker(async ({ source }: { readonly source: string }) => {
  const traits = new Map<string, ImageTraits>();
  const dataset = await checkImages(await loadDataset(source, { skipBad: true }), { skipBad: true, onTraits: (id, own) => void traits.set(id, own) });
  const audit = await auditLeaks(dataset, {});
  const leaks = leakResults(dataset, audit);
  const shortcuts = await auditShortcuts(withKin(dataset, audit), traits, {});
  return { leaks: { ...leaks, pairs: leaks.pairs.slice(0, 2000) }, shortcuts };
});
