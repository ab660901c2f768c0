/** A color map of equal steps in lightness, given by colors at equal distances. */
interface ColorMap {
  readonly title: string;
  readonly colors: readonly string[];
  /** From one sign of the evidence to the other, with none in the middle. */
  readonly isDiverging?: boolean;
}

/**
 * Perceptually uniform maps that color-blind readers can tell apart.
 * @see matplotlib (viridis, inferno); Nuñez, Anderton and Renslow 2018, doi 10.1371/journal.pone.0199239 (cividis); balance is our own, even in CIE L* from 18 to 94 on both sides
 */
export const colorMaps = {
  cividis: { title: "Cividis", colors: ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"] },
  viridis: { title: "Viridis", colors: ["440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725"] },
  inferno: { title: "Inferno", colors: ["000004", "160b39", "420a68", "6a176e", "932667", "bc3754", "dd513a", "f37819", "fca50a", "f6d746", "fcffa4"] },
  balance: { title: "Balance", colors: ["002877", "2c438d", "5862a2", "7e82b7", "a4a4cb", "c9c8de", "efeeea", "e7c2b8", "d39a8b", "bd7362", "a34d3c", "872519", "690000"], isDiverging: true },
} as const satisfies Record<string, ColorMap>;
export type ColorMapName = keyof typeof colorMaps;

const steps = 256;

function channelsOf(color: string): number[] {
  return [0, 2, 4].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

/** RGB of 256 equal steps, [256, 3]. */
export function tableOf(name: ColorMapName): Uint8ClampedArray {
  const stops = colorMaps[name].colors.map(channelsOf);
  const table = new Uint8ClampedArray(steps * 3);
  for (let i = 0; i < steps; i++) {
    const place = (i / (steps - 1)) * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) table[3 * i + c] = stops[k]![c]! + (place - k) * (stops[k + 1]![c]! - stops[k]![c]!);
  }
  return table;
}
