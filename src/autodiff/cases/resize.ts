import { float32 } from "../../base/index.js";
import type { GradientCase, GradientCases } from "./contract.js";

type Target = { scales: readonly number[] } | { sizes: readonly number[] };

function resized(target: Target, attributes: Record<string, string>): GradientCase {
  return {
    build: (b, { x = "" }) => {
      const inputs =
        "scales" in target ? [x, "", b.constant(float32([4], target.scales))] : [x, "", "", b.constant(target.sizes)];
      return b.op("Resize", inputs, attributes);
    },
    linear: ["x"],
    batch: "scales" in target ? ["x"] : [],
  };
}

const halfPixel = { mode: "linear", coordinate_transformation_mode: "half_pixel" };

export const resizeCases: GradientCases = {
  "nearest to double": resized(
    { scales: [1, 1, 2, 2] },
    { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
  ),
  "linear to double": resized({ scales: [1, 1, 2, 2] }, halfPixel),
  "linear with aligned corners": resized(
    { sizes: [1, 2, 5, 4] },
    { mode: "linear", coordinate_transformation_mode: "align_corners" },
  ),
  "linear to fewer": resized({ sizes: [1, 1, 3, 2] }, halfPixel),
};
