import { InputError } from "../../base/index.js";
import type { Measure } from "./contract.js";
import { requireEvidence } from "./read-map.js";
import { similarityOf, type SimilarityName } from "./similarity.js";

function reproducibility(name: SimilarityName, words: { readonly title: string; readonly formula: string }): Measure {
  return {
    title: `Reproducibility, ${words.title}`,
    summary: "How alike the map is to those of the same case by networks of other seeds, folds or architectures.",
    formula: `mean over the other networks of the ${words.formula} of the sizes in a frame of 32 x 32, scaled to a peak of 1; a map without evidence is unlike any other: 0`,
    reference: "N. Arun et al., Assessing the Trustworthiness of Saliency Maps for Localizing Abnormalities in Medical Imaging, Radiol Artif Intell 3, 2021, e200267, doi:10.1148/ryai.2021200267",
    property: "reproducibility",
    direction: "higher",
    range: [-1, 1],
    needs: ["peers"],
    reads: "size",
    applies: "Any method, where several networks were trained for the task. Alike maps may also be alike between cases: compare with that.",
    passes: "1 map per network",
    elsewhere: [],
    measure: ({ map, peers }) => {
      requireEvidence(map.values, "reproducibility");
      if (peers!.length === 0) throw new InputError("not-estimable", "reproducibility: expected maps of other networks, got none. Train one more.");
      return peers!.reduce((sum, peer) => sum + similarityOf(map, peer, name), 0) / peers!.length;
    },
  };
}

export const reproducibilitySsim = reproducibility("ssim", { title: "SSIM", formula: "structural similarity" });
export const reproducibilityRank = reproducibility("rank", { title: "rank correlation", formula: "Spearman's correlation" });
