import type { Point, Spacing } from "./measure.js";

/** How a film is looked at; several films that show one case share it. */
export interface View {
  /** 1 fits the image into the film. */
  readonly zoom: number;
  /** Point of the image in the middle of the film. */
  readonly center: Point;
  readonly rotationDeg: 0 | 90 | 180 | 270;
  readonly isInverted: boolean;
  /** Grey values shown black and white, 0 to 1 of what the picture can hold. */
  readonly window: readonly [lower: number, upper: number];
}

export interface Extent {
  readonly height: number;
  readonly width: number;
}

const [leastZoom, mostZoom] = [0.2, 40];

/** The view that shows all of an image. */
export function wholeOf({ height, width }: Extent): View {
  return { zoom: 1, center: [height / 2, width / 2], rotationDeg: 0, isInverted: false, window: [0, 1] };
}

/** From image to film, as an SVG matrix: x = a·column + c·row + e, y = b·column + d·row + f. */
export interface FilmTransform {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  /** Film pixels per unit of spacing. */
  readonly scale: number;
}

export function transformOf(view: View, image: Extent, film: Extent, spacing: Spacing): FilmTransform {
  const isTurned = view.rotationDeg % 180 !== 0;
  const [across, down] = [image.width * spacing[1], image.height * spacing[0]];
  const fit = Math.min(film.width / (isTurned ? down : across), film.height / (isTurned ? across : down));
  const scale = fit * view.zoom;
  const [cos, sin] = ([[1, 0], [0, 1], [-1, 0], [0, -1]] as const)[view.rotationDeg / 90]!;
  const [a, b, c, d] = [cos * scale * spacing[1], sin * scale * spacing[1], -sin * scale * spacing[0], cos * scale * spacing[0]];
  const [row, column] = view.center;
  return { a, b, c, d, e: film.width / 2 - a * column - c * row, f: film.height / 2 - b * column - d * row, scale };
}

export function toFilm({ a, b, c, d, e, f }: FilmTransform, [row, column]: Point): [x: number, y: number] {
  return [a * column + c * row + e, b * column + d * row + f];
}

export function toImage({ a, b, c, d, e, f }: FilmTransform, x: number, y: number): Point {
  const determinant = a * d - b * c;
  const [u, v] = [x - e, y - f];
  return [(a * v - b * u) / determinant, (d * u - c * v) / determinant];
}

/** Moves the image under the film by film pixels. */
export function pan(view: View, transform: FilmTransform, dx: number, dy: number): View {
  const [from, to] = [toImage(transform, 0, 0), toImage(transform, dx, dy)];
  return { ...view, center: [view.center[0] + from[0] - to[0], view.center[1] + from[1] - to[1]] };
}

/** Zooms so that the point under (x, y) stays there. */
export function zoomAt(view: View, transform: FilmTransform, factor: number, x: number, y: number): View {
  const zoom = Math.min(mostZoom, Math.max(leastZoom, view.zoom * factor));
  const applied = zoom / view.zoom;
  const at = toImage(transform, x, y);
  return { ...view, zoom, center: [at[0] + (view.center[0] - at[0]) / applied, at[1] + (view.center[1] - at[1]) / applied] };
}

/** Width and level of the window, as shares of the picture's range. */
export function windowOf({ window: [lower, upper] }: View): { width: number; level: number } {
  return { width: upper - lower, level: (upper + lower) / 2 };
}

/** Makes the window wider or narrower, and darker or brighter, by shares of the range. */
export function adjustWindow(view: View, wider: number, higher: number): View {
  const width = Math.min(2, Math.max(0.004, view.window[1] - view.window[0] + wider));
  const level = Math.min(1.2, Math.max(-0.2, (view.window[0] + view.window[1]) / 2 + higher));
  return { ...view, window: [level - width / 2, level + width / 2] };
}
