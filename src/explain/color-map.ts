/** Coefficients of rising powers for red, green and blue. */
const turbo = [
  [0.13572138, 4.6153926, -42.66032258, 132.13108234, -152.94239396, 59.28637943],
  [0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604],
  [0.1066733, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973],
] as const;

/**
 * Turbo: dark blue at 0 over green to dark red at 1, as even to the eye as a rainbow can be.
 * @param t in [0, 1]
 * @returns red, green, blue in [0, 1]
 * @see A. Mikhailov, Turbo, an improved rainbow colormap for visualization, 2019 (polynomial of degree 5)
 */
export function turboColor(t: number): [number, number, number] {
  const color = turbo.map((coefficients) => {
    const value = coefficients.reduceRight((sum: number, c) => sum * t + c, 0);
    return Math.min(1, Math.max(0, value));
  });
  return color as [number, number, number];
}

/** The color map as 256 RGB bytes triples. */
export const turboTable: Uint8Array = Uint8Array.from(
  Array.from({ length: 256 }, (_, i) => turboColor(i / 255).map((channel) => Math.round(channel * 255))).flat(),
);

/** A pure color map of signed values: blue below zero, white at it, red above, as light on both sides. */
const poles = { below: [33, 102, 172], above: [178, 24, 43] } as const;

/** Color of a signed value in [-1, 1], its size as saturation. */
export function signedColor(value: number): [number, number, number] {
  const pole = value < 0 ? poles.below : poles.above;
  const share = Math.min(1, Math.abs(value));
  return pole.map((channel) => Math.round(255 + (channel - 255) * share)) as [number, number, number];
}

/** How values become colors: `"evidence"` from 0 to 1, `"signed"` from -1 to 1. */
export const colorScales = {
  evidence: { low: 0, high: 1, ends: ["0: no evidence", "1: most of the map"], color: (value: number) => turboColor(value).map((channel) => Math.round(channel * 255)) as [number, number, number] },
  signed: { low: -1, high: 1, ends: ["-1: against the score", "+1: for it"], color: signedColor },
} as const satisfies Record<string, { low: number; high: number; ends: readonly [string, string]; color: (value: number) => [number, number, number] }>;

export type ColorScale = keyof typeof colorScales;
