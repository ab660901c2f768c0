import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import type { HeatMapValue, Shape } from "../../server/contract.js";
import { useSpeech } from "../shell/speech.js";
import { decodeRuns, encodeRuns, stroke, type Tool } from "./drawing.js";
import { transformOf, windowOf, type Extent, type FilmTransform, type View } from "./film-view.js";
import { loadPicture } from "./load-picture.js";
import type { Point, Spacing } from "./measure.js";
import { paintGrey } from "./paint-grey.js";
import { decodeValues, drawnExtent, enlarge, paintHeat, type HeatStyle } from "./paint-heat.js";
import type { GreyPicture } from "./read-png.js";
import { ShapeLayer, type ShownShape } from "./shape-layer.js";
import { useCornerstone } from "./use-cornerstone.js";
import { useGestures } from "./use-gestures.js";

export interface ShownHeat {
  readonly map: Pick<HeatMapValue, "height" | "width" | "frame"> & { /** float32 in base64, or as they are. */ readonly values: string | Float32Array; readonly signed?: boolean };
  readonly style: HeatStyle;
  /** 0 to 1. */
  readonly opacity: number;
}

export interface FilmProps {
  /** Address of the picture. */
  readonly source: string;
  readonly name: string;
  readonly spacingMm?: Spacing | undefined;
  readonly view: View | undefined;
  readonly onView: (view: View) => void;
  readonly onPicture?: (picture: Extent) => void;
  readonly onFailure?: (error: Error) => void;
  readonly heat?: ShownHeat | undefined;
  readonly tool: Tool;
  readonly shapes: readonly ShownShape[];
  readonly onShape?: ((shape: Shape) => void) | undefined;
  readonly brush?: { readonly radius: number; readonly isErasing: boolean };
  readonly caption?: ReactNode;
  readonly children?: ReactNode;
}

const place = ({ a, b, c, d, e, f }: FilmTransform, scaleX = 1, scaleY = 1, x = 0, y = 0): string => `matrix(${a * scaleX}, ${b * scaleX}, ${c * scaleY}, ${d * scaleY}, ${a * x + c * y + e}, ${b * x + d * y + f})`;

/** Extent of an element, followed. */
function useExtent(element: React.RefObject<HTMLDivElement | null>, onResize: () => void): Extent | undefined {
  const [extent, setExtent] = useState<Extent>();
  useLayoutEffect(() => {
    const measure = (): void => {
      const { clientHeight: height, clientWidth: width } = element.current!;
      setExtent((before) => (before?.height === height && before.width === width ? before : { height, width }));
      onResize();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element, onResize]);
  return extent;
}

interface Layer {
  readonly mask: Uint8Array;
  /** 0xAABBGGRR. */
  readonly color: number;
}
/** Colors of what is drawn now, was saved before, and the study's own region. */
const maskColors = { drawn: 0x7a_5c_e4_ff, saved: 0x66_d8_e7_6e, region: 0x40_ff_ff_ff } as const;

/** Brush shapes on a canvas of the image's size. */
function paintMasks(canvas: HTMLCanvasElement, picture: Extent, layers: readonly Layer[]): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  const image = new ImageData(picture.width, picture.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (const { mask, color } of layers) for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) pixels[i] = color;
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

/** A radiograph with its map and drawings. */
export function Film({ source, name, spacingMm, view, onView, onPicture, onFailure, heat, tool, shapes, onShape, brush, caption, children }: FilmProps): ReactNode {
  const { t, percent } = useSpeech();
  const frame = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const heatCanvas = useRef<HTMLCanvasElement>(null);
  const maskCanvas = useRef<HTMLCanvasElement>(null);
  const greyCanvas = useRef<HTMLCanvasElement>(null);
  const mask = useRef<Uint8Array>(undefined);
  const under = useRef<readonly Layer[]>([]);
  const [picture, setPicture] = useState<GreyPicture>();
  const resized = useRef((): void => undefined);
  const extent = useExtent(frame, useCallback(() => resized.current(), []));
  const spacing: Spacing = spacingMm ?? [1, 1];
  const transform = view && picture && extent && transformOf(view, picture, extent, spacing);

  useEffect(() => {
    let isCurrent = true;
    const show = async (): Promise<void> => {
      const loaded = await loadPicture(source);
      if (!isCurrent) return;
      mask.current = undefined;
      setPicture(loaded);
      onPicture?.(loaded);
    };
    show().catch((error: unknown) => isCurrent && onFailure?.(error as Error));
    return () => {
      isCurrent = false;
    };
    // The callbacks are the page's and mean the same at every turn.
  }, [source]);

  const [isRendered, resize] = useCornerstone(stage, frame, { picture, spacing, view, extent, transform });
  resized.current = resize;
  const [lower, upper, isInverted] = [view?.window[0], view?.window[1], view?.isInverted];
  useLayoutEffect(() => {
    if (picture && lower !== undefined && upper !== undefined && isInverted !== undefined && !isRendered) paintGrey(greyCanvas.current!, picture, { window: [lower, upper], isInverted });
  }, [picture, lower, upper, isInverted, isRendered]);

  const brushes = shapes.flatMap(({ shape, kind }) => (shape.kind === "brush" ? [{ kind, runs: shape.runs }] : []));
  const brushesKey = brushes.map(({ kind, runs }) => `${kind} ${runs.join()}`).join(";");
  useEffect(() => {
    if (!picture) return;
    const layer = (wanted: ShownShape["kind"]): Layer => ({ mask: decodeRuns(brushes.flatMap(({ kind, runs }) => (kind === wanted ? runs : [])), picture.height * picture.width), color: maskColors[wanted] });
    const drawn = layer("drawn");
    mask.current = drawn.mask;
    under.current = brushes.some(({ kind }) => kind !== "drawn") ? [layer("region"), layer("saved")] : [];
    if (brushesKey !== "" || maskCanvas.current!.width > 1) paintMasks(maskCanvas.current!, picture, [...under.current, drawn]);
  }, [brushesKey, picture]);

  const values = heat?.map.values;
  useEffect(() => {
    const canvas = heatCanvas.current!;
    if (heat === undefined) {
      canvas.width = 0;
      return;
    }
    const large = enlarge({ values: typeof heat.map.values === "string" ? decodeValues(heat.map.values) : heat.map.values, height: heat.map.height, width: heat.map.width, signed: heat.map.signed ?? false });
    canvas.width = large.width;
    canvas.height = large.height;
    canvas.getContext("2d")!.putImageData(new ImageData(paintHeat(large, heat.style), large.width, large.height), 0, 0);
    canvas.dataset["painted"] = "true";
  }, [values, heat?.style.colors, heat?.style.threshold, heat === undefined]);

  const onBrush = (from: Point, to: Point, isEnd: boolean): void => {
    if (picture === undefined || brush === undefined) return;
    mask.current ??= new Uint8Array(picture.height * picture.width);
    stroke(mask.current, picture, from, to, { radius: brush.radius, value: brush.isErasing ? 0 : 1 });
    paintMasks(maskCanvas.current!, picture, [...under.current, { mask: mask.current, color: maskColors.drawn }]);
    if (isEnd) onShape?.({ kind: "brush", runs: encodeRuns(mask.current) });
  };
  const { pointer, onWheel, onKeyDown, pending, cursor } = useGestures({ element: frame, tool, view, transform, onView, onShape, onBrush: onShape && onBrush });
  const wheel = useRef(onWheel);
  wheel.current = onWheel;
  useEffect(() => {
    const element = frame.current!;
    // React listens to wheels passively, and the page would scroll.
    const turn = (event: WheelEvent): void => wheel.current(event);
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, []);

  const window = view && picture && windowOf(view);
  const box = heat?.map.frame;
  return (
    <div ref={frame} className="film" data-ready={Boolean(view && picture)} data-rendered={isRendered} tabIndex={0} role="application" aria-roledescription={t("film.tools")} aria-label={name} onKeyDown={onKeyDown} {...pointer}>
      <div ref={stage} className="stage" />
      <canvas ref={greyCanvas} className="grey" aria-hidden="true" hidden={isRendered || !transform} style={{ transform: transform ? place(transform) : "none" }} />
      <canvas ref={heatCanvas} className="heat" aria-hidden="true" style={{ opacity: heat?.opacity ?? 0, transform: transform && heat && box ? place(transform, box.width / drawnExtent(heat.map).width, box.height / drawnExtent(heat.map).height, box.column, box.row) : "none", clipPath: picture && box ? clip(box, picture) : "none" }} />
      <canvas ref={maskCanvas} className="heat" width={1} height={1} aria-hidden="true" style={{ transform: transform ? place(transform) : "none", display: brushes.length > 0 || tool === "brush" ? "block" : "none" }} />
      {transform && <ShapeLayer shapes={shapes} transform={transform} spacing={spacingMm} pending={pending} cursor={cursor} />}
      {caption && <div className="caption">{caption}</div>}
      {window && <div className="readout">{t("film.brightness", { width: percent(window.width, 0), level: percent(window.level, 0) })} · {t("film.zoomed", { zoom: percent(view.zoom, 0) })}</div>}
      {children}
    </div>
  );
}

/** The part of a map that lies on the image: a padded frame reaches beyond it. */
function clip(box: ShownHeat["map"]["frame"], image: Extent): string {
  const share = (value: number): string => `${(100 * Math.max(0, value)).toFixed(3)}%`;
  return `inset(${share(-box.row / box.height)} ${share((box.column + box.width - image.width) / box.width)} ${share((box.row + box.height - image.height) / box.height)} ${share(-box.column / box.width)})`;
}
