import type { GreyPicture } from "../../film/read-png.js";

/** As much as this page uses of `osteon/browser`, which is built beside it and loaded only here. */
interface PagePrograms {
  openModel(source: string, options: { readonly runtime: string; readonly dicomCodecs: boolean }): Promise<{ readonly metadata: { readonly architecture: string; readonly labels: readonly string[] }; readonly threads: number; predict(file: File): Promise<Answered> }>;
  sealPage(): void;
}

interface Answered {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly scope: { readonly verdict: "in-scope" | "out-of-scope" | "unknown"; readonly reasons: readonly string[] };
  readonly map: { readonly values: Float32Array; readonly height: number; readonly width: number };
  /** Grey or color planes in 0..1, upright. */
  readonly image: { readonly height: number; readonly width: number; readonly channels: number; readonly pixels: Float32Array; readonly spacingMm?: readonly [number, number] };
  /** Where the image lies in the network's square. */
  readonly placement: { readonly height: number; readonly width: number; readonly size: number; readonly rows: number; readonly columns: number; readonly top: number; readonly left: number };
}

export interface PagePrediction extends Pick<Answered, "label" | "probabilities" | "scope" | "map"> {
  readonly picture: GreyPicture;
  readonly spacingMm?: readonly [number, number];
  /** Where the map lies on the image, in its pixels. */
  readonly frame: { readonly row: number; readonly column: number; readonly height: number; readonly width: number };
}

export interface SealedModel {
  readonly labels: readonly string[];
  readonly about: string;
  predict(file: File): Promise<PagePrediction>;
}

/** The network's square on the image. */
export function frameOf({ height, width, size, rows, columns, top, left }: Answered["placement"]): PagePrediction["frame"] {
  const [down, across] = [height / rows, width / columns];
  return { row: -top * down, column: -left * across, height: size * down, width: size * across };
}

/** The image with 16 bits, as the film takes it; of a color image the mean of its planes. */
function toGrey({ height, width, channels, pixels }: Answered["image"]): GreyPicture {
  const plane = height * width;
  const grey = Uint16Array.from({ length: plane }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += pixels[c * plane + i]!;
    return Math.round(65_535 * Math.min(1, Math.max(0, sum / channels)));
  });
  return { height, width, bits: 16, pixels: grey };
}

/** Loads the programs and the model, and then lets the browser refuse every request of this page. */
export async function openInPage(address: string): Promise<SealedModel> {
  const programs = (await import(new URL("/runtime/osteon.js", location.href).href)) as PagePrograms;
  const model = await programs.openModel(address, { runtime: "/runtime/", dicomCodecs: true });
  // Nothing can be loaded any more once the page is sealed.
  await import("../../film/renderer.js").catch(() => undefined);
  programs.sealPage();
  return {
    labels: model.metadata.labels,
    about: `${model.metadata.architecture} · WebAssembly · ${model.threads}`,
    predict: async (file) => {
      const { image, placement, label, probabilities, scope, map } = await model.predict(file);
      return { label, probabilities, scope, map, picture: toGrey(image), ...(image.spacingMm && { spacingMm: image.spacingMm }), frame: frameOf(placement) };
    },
  };
}
