import { amplitudeSpectrum } from "./amplitude-spectrum.js";
import type { RealismMeasure } from "./contract.js";
import { edgeProfile } from "./edge-profile.js";
import { greyHistogram } from "./grey-histogram.js";
import { localContrast } from "./local-contrast.js";
import { noisePower } from "./noise-power.js";

/** Every measure by which simulated and real images are compared. */
export const realismMeasures = {
  "grey-histogram": greyHistogram,
  "noise-power": noisePower,
  "edge-profile": edgeProfile,
  "amplitude-spectrum": amplitudeSpectrum,
  "local-contrast": localContrast,
} satisfies Record<string, RealismMeasure>;
