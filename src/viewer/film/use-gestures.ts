import { useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import type { Shape } from "../../server/contract.js";
import { isPointTool, pointsOf, shapeOf, type Tool } from "./drawing.js";
import { adjustWindow, pan, toImage, zoomAt, type FilmTransform, type View } from "./film-view.js";
import type { Point } from "./measure.js";

export interface GestureOptions {
  readonly element: RefObject<HTMLDivElement | null>;
  readonly tool: Tool;
  readonly view: View | undefined;
  readonly transform: FilmTransform | undefined;
  readonly onView: (view: View) => void;
  readonly onShape?: ((shape: Shape) => void) | undefined;
  /** A stroke of the brush; `isEnd` with its last part. */
  readonly onBrush?: ((from: Point, to: Point, isEnd: boolean) => void) | undefined;
}

interface Touch {
  x: number;
  y: number;
}

/** Least way, in film pixels, that makes a drag of a click. */
const dragWay = 6;

/** Mouse, pen, fingers and keys on a film. */
export function useGestures({ element, tool, view, transform, onView, onShape, onBrush }: GestureOptions) {
  const touches = useRef(new Map<number, Touch>());
  const start = useRef<Touch>({ x: 0, y: 0 });
  const [pending, setPending] = useState<readonly Point[]>([]);
  const [cursor, setCursor] = useState<readonly [number, number]>();
  const isPlacing = isPointTool(tool) && onShape !== undefined;

  const at = (event: { clientX: number; clientY: number }): Touch => {
    const box = element.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const finish = (points: readonly Point[]): void => {
    const shape = isPointTool(tool) ? shapeOf(tool, points) : undefined;
    if (shape !== undefined) onShape?.(shape);
    setPending([]);
  };
  const place = (x: number, y: number): void => {
    if (transform === undefined || !isPointTool(tool)) return;
    const points = [...pending, toImage(transform, x, y)];
    if (points.length >= pointsOf[tool]) finish(points);
    else setPending(points);
  };
  const move = (touch: Touch, x: number, y: number, button: "pan" | "zoom" | "window"): void => {
    if (view === undefined || transform === undefined) return;
    const [dx, dy] = [x - touch.x, y - touch.y];
    if (button === "pan") onView(pan(view, transform, dx, dy));
    else if (button === "zoom") onView(zoomAt(view, transform, Math.exp(-dy / 120), start.current.x, start.current.y));
    else onView(adjustWindow(view, dx / 400, -dy / 500));
  };

  const pointer = {
    onPointerDown: (event: PointerEvent): void => {
      element.current!.focus({ preventScroll: true });
      element.current!.setPointerCapture(event.pointerId);
      const touch = at(event);
      touches.current.set(event.pointerId, touch);
      start.current = touch;
      if (touches.current.size > 1 || event.button > 0) return;
      if (isPlacing) place(touch.x, touch.y);
      else if (tool === "brush" && transform && onBrush) {
        const point = toImage(transform, touch.x, touch.y);
        onBrush(point, point, false);
      }
    },
    onPointerMove: (event: PointerEvent): void => {
      const now = at(event);
      if (isPlacing) setCursor([now.x, now.y]);
      const touch = touches.current.get(event.pointerId);
      if (touch === undefined || view === undefined || transform === undefined) return;
      if (touches.current.size === 2) {
        const other = [...touches.current].find(([id]) => id !== event.pointerId)![1];
        const factor = Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(touch.x - other.x, touch.y - other.y) || 1);
        onView(zoomAt(pan(view, transform, (now.x - touch.x) / 2, (now.y - touch.y) / 2), transform, factor, (now.x + other.x) / 2, (now.y + other.y) / 2));
      } else if ((event.buttons & 4) !== 0) move(touch, now.x, now.y, "pan");
      else if ((event.buttons & 2) !== 0) move(touch, now.x, now.y, "zoom");
      else if (tool === "window" || tool === "pan" || tool === "zoom") move(touch, now.x, now.y, tool);
      else if (tool === "brush" && onBrush) onBrush(toImage(transform, touch.x, touch.y), toImage(transform, now.x, now.y), false);
      touches.current.set(event.pointerId, now);
    },
    onPointerUp: (event: PointerEvent): void => {
      const touch = touches.current.get(event.pointerId);
      touches.current.delete(event.pointerId);
      if (touch === undefined || transform === undefined) return;
      const now = at(event);
      if (tool === "brush" && onBrush && event.button === 0) onBrush(toImage(transform, now.x, now.y), toImage(transform, now.x, now.y), true);
      // A box or a length may be pulled up in one go.
      const isPulled = Math.hypot(now.x - start.current.x, now.y - start.current.y) > dragWay;
      if (isPlacing && isPulled && pending.length > 0 && tool !== "polygon" && event.button === 0) place(now.x, now.y);
    },
    onPointerCancel: (event: PointerEvent): void => void touches.current.delete(event.pointerId),
    onPointerLeave: (): void => setCursor(undefined),
    onDoubleClick: (): void => {
      if (tool === "polygon") finish(pending.slice(0, -1));
    },
    onContextMenu: (event: { preventDefault: () => void }): void => event.preventDefault(),
  };

  const onWheel = (event: WheelEvent): void => {
    if (view === undefined || transform === undefined) return;
    event.preventDefault();
    const { x, y } = at(event);
    onView(zoomAt(view, transform, Math.exp(-event.deltaY / 500), x, y));
  };

  /** With a drawing tool, arrows move a cross and Enter sets points. */
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && pending.length > 0) {
      event.stopPropagation();
      return setPending([]);
    }
    if (!isPlacing) return;
    const box = element.current!.getBoundingClientRect();
    const [x, y] = cursor ?? [box.width / 2, box.height / 2];
    const way = event.shiftKey ? 25 : 4;
    const step = ({ ArrowLeft: [-way, 0], ArrowRight: [way, 0], ArrowUp: [0, -way], ArrowDown: [0, way] } as Record<string, [number, number]>)[event.key];
    if (step !== undefined) setCursor([x + step[0], y + step[1]]);
    else if (event.key === "Enter" && event.shiftKey && tool === "polygon") finish(pending);
    else if (event.key === "Enter") place(x, y);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { pointer, onWheel, onKeyDown, pending, cursor: isPlacing ? cursor : undefined };
}
