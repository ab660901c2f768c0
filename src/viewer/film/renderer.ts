import { cache, Enums, getShouldUseCPURendering, imageLoader, init, metaData, RenderingEngine, type Types } from "@cornerstonejs/core";
import type { View, Extent, FilmTransform } from "./film-view.js";
import type { Spacing } from "./measure.js";
import type { GreyPicture } from "./read-png.js";

interface Stored {
  readonly picture: GreyPicture;
  readonly spacing: Spacing;
}

const scheme = "osteon";
const stored = new Map<string, Stored>();
let engine: RenderingEngine | undefined;
let films = 0;

function describe(kind: string, id: string): object | undefined {
  const found = stored.get(id);
  if (found === undefined) return undefined;
  const { picture, spacing } = found;
  const { bits, height, width } = picture;
  if (kind === "imagePixelModule") return { pixelRepresentation: 0, bitsAllocated: bits, bitsStored: bits, highBit: bits - 1, photometricInterpretation: "MONOCHROME2", samplesPerPixel: 1 };
  if (kind === "generalSeriesModule") return { modality: "DX" };
  if (kind !== "imagePlaneModule") return undefined;
  return {
    frameOfReferenceUID: id, rows: height, columns: width, rowCosines: [1, 0, 0], columnCosines: [0, 1, 0], imageOrientationPatient: [1, 0, 0, 0, 1, 0], imagePositionPatient: [0, 0, 0],
    rowPixelSpacing: spacing[0], columnPixelSpacing: spacing[1], pixelSpacing: [...spacing], usingDefaultValues: false,
  };
}

function toCornerstone(id: string): Types.IImage {
  const { picture, spacing } = stored.get(id)!;
  const { bits, height, width, pixels } = picture;
  const most = 2 ** bits - 1;
  return {
    imageId: id, minPixelValue: 0, maxPixelValue: most, slope: 1, intercept: 0, windowCenter: most / 2, windowWidth: most, voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => pixels, rows: height, columns: width, height, width, color: false, rgba: false, numberOfComponents: 1,
    columnPixelSpacing: spacing[1], rowPixelSpacing: spacing[0], invert: false, photometricInterpretation: "MONOCHROME2", sizeInBytes: pixels.byteLength, dataType: bits === 8 ? "Uint8Array" : "Uint16Array",
  } as unknown as Types.IImage;
}

function start(): RenderingEngine {
  if (engine !== undefined) return engine;
  init();
  imageLoader.registerImageLoader(scheme, ((id: string) => ({ promise: Promise.resolve(toCornerstone(id)) })));
  metaData.addProvider(describe, 10_000);
  engine = new RenderingEngine("osteon");
  return engine;
}

/** A picture on an element of the page. */
export interface Film {
  show(picture: GreyPicture, spacing: Spacing): Promise<void>;
  look(view: View, film: Extent, transform: FilmTransform): void;
  resize(): void;
  /** Where Cornerstone puts a point of the image, [row, column]; tests hold it against ours. */
  place(row: number, column: number): readonly [number, number];
  remove(): void;
}

/** Puts a Cornerstone viewport on an element. */
export function putFilm(element: HTMLDivElement): Film {
  const rendering = start();
  const viewportId = `film-${films++}`;
  rendering.enableElement({ viewportId, type: Enums.ViewportType.STACK, element, defaultOptions: { background: [0, 0, 0] } });
  const viewport = rendering.getViewport(viewportId) as Types.IStackViewport;
  let imageId: string | undefined;
  let shown: Stored | undefined;
  const forget = (): void => {
    if (imageId === undefined) return;
    stored.delete(imageId);
    if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true });
  };
  return {
    show: async (picture, spacing) => {
      forget();
      imageId = `${scheme}:${viewportId}-${performance.now()}`;
      shown = { picture, spacing };
      stored.set(imageId, shown);
      await viewport.setStack([imageId]);
    },
    look: (view, film, { scale }) => {
      if (shown === undefined) return;
      const { picture, spacing } = shown;
      const most = 2 ** picture.bits - 1;
      // Cornerstone's points are centers of pixels, ours corners.
      const at = [(view.center[1] - 0.5) * spacing[1], (view.center[0] - 0.5) * spacing[0]] as const;
      const angle = (view.rotationDeg * Math.PI) / 180;
      const camera = viewport.getCamera();
      const depth = Math.abs((camera.position?.[2] ?? -1) - (camera.focalPoint?.[2] ?? 0)) || 1;
      viewport.setProperties({ voiRange: { lower: view.window[0] * most, upper: view.window[1] * most }, invert: view.isInverted });
      viewport.setCamera({ focalPoint: [at[0], at[1], 0], position: [at[0], at[1], -depth], viewUp: [-Math.sin(angle), -Math.cos(angle), 0], parallelScale: film.height / 2 / scale });
      // Without a graphics processor the camera's upright is not followed.
      if (getShouldUseCPURendering()) viewport.setViewPresentation({ rotation: view.rotationDeg });
      viewport.render();
    },
    resize: () => rendering.resize(true, true),
    place: (row, column) => {
      const { spacing } = shown!;
      const [x, y] = viewport.worldToCanvas([(column - 0.5) * spacing[1], (row - 0.5) * spacing[0], 0]);
      return [x, y];
    },
    remove: () => {
      forget();
      rendering.disableElement(viewportId);
    },
  };
}
