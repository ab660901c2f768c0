import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import type { Extent, FilmTransform, View } from "./film-view.js";
import type { Spacing } from "./measure.js";
import type { GreyPicture } from "./read-png.js";
import type * as renderer from "./renderer.js";
import type { Film as Rendered } from "./renderer.js";

interface Shown {
  readonly picture: GreyPicture | undefined;
  readonly spacing: Spacing;
  readonly view: View | undefined;
  readonly extent: Extent | undefined;
  readonly transform: FilmTransform | undefined;
}

/** After the next picture of the page is on the screen. */
const afterPaint = (): Promise<void> => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));

function look(film: Rendered | undefined, { view, extent, transform }: Shown): void {
  if (view && extent && transform) film?.look(view, extent, transform);
}

/** Time that the page has to itself after its first picture, in milliseconds. */
const firstRest = 1000;
let programs: Promise<typeof renderer> | undefined;

/** Cornerstone's programs, which take as long to start as the rest of the page together: begun in a quiet moment, when all else is there. */
async function loadPrograms(): Promise<typeof renderer> {
  if (programs === undefined) {
    await new Promise((go) => setTimeout(go, firstRest));
    // Safari has no word for a quiet moment.
    await new Promise<unknown>((go) => (typeof requestIdleCallback === "function" ? requestIdleCallback(go, { timeout: 3000 }) : go(0)));
  }
  return (programs ??= import("./renderer.js"));
}

/**
 * Puts Cornerstone on an element. The film draws its picture itself until Cornerstone is there, and goes on doing so where it cannot start.
 * @returns whether Cornerstone shows the picture, and what tells it that the element has another size
 */
export function useCornerstone(stage: RefObject<HTMLDivElement | null>, frame: RefObject<HTMLDivElement | null>, wanted: Shown): readonly [isShown: boolean, resize: () => void] {
  const { picture, spacing } = wanted;
  const latest = useRef(wanted);
  latest.current = wanted;
  const film = useRef<Rendered>(undefined);
  const [shown, setShown] = useState<GreyPicture>();
  const [isThere, setThere] = useState(false);
  const hasPicture = picture !== undefined;
  useEffect(() => {
    if (!hasPicture) return undefined;
    let isCurrent = true;
    const start = async (): Promise<void> => {
      await afterPaint();
      const { putFilm } = await loadPrograms();
      if (!isCurrent) return;
      film.current = putFilm(stage.current!);
      // For tests, which hold where Cornerstone puts a point against where drawings are put.
      (frame.current as unknown as { film?: Rendered }).film = film.current;
      setThere(true);
    };
    start().catch(() => undefined);
    return () => {
      isCurrent = false;
      film.current?.remove();
      film.current = undefined;
      setThere(false);
      setShown(undefined);
    };
  }, [hasPicture, stage, frame]);
  useEffect(() => {
    if (!isThere || picture === undefined) return undefined;
    let isCurrent = true;
    const show = async (): Promise<void> => {
      await film.current!.show(picture, spacing);
      look(film.current, latest.current);
      // Cornerstone draws with the next frame; until then the film's own picture stays.
      await afterPaint();
      if (isCurrent) setShown(picture);
    };
    show().catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [isThere, picture, spacing[0], spacing[1]]);
  const isShown = shown !== undefined && shown === picture;
  useEffect(() => {
    if (isShown) look(film.current, latest.current);
  });
  return [isShown, useCallback(() => film.current?.resize(), [])];
}
