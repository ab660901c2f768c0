import type { ReactNode } from "react";
import { tools, type Tool } from "../../film/drawing.js";
import { wholeOf, type Extent, type View } from "../../film/film-view.js";
import { useSpeech } from "../../shell/speech.js";

interface ToolbarProps {
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly view: View | undefined;
  readonly picture: Extent | undefined;
  readonly onView: (view: View) => void;
  /** Which tools are offered; all where left out. */
  readonly only?: readonly Tool[];
  /** The key of a tool, where the page has keys for them. */
  readonly keyOf?: (tool: Tool) => string;
  /** Settings of the tool, beside what is said of it. */
  readonly children?: ReactNode;
}

export function turn(view: View): View {
  return { ...view, rotationDeg: ((view.rotationDeg + 90) % 360) as View["rotationDeg"] };
}

/** Keys of the tools on the page of a case. */
export function keyOfTool(tool: Tool): string {
  return tool === "brush" ? "b" : String(tools.indexOf(tool) + 1);
}

export function Toolbar({ tool, onTool, view, picture, onView, only = tools, keyOf, children }: ToolbarProps): ReactNode {
  const { t } = useSpeech();
  return (
    <>
      <div className="toolbar" role="toolbar" aria-label={t("film.tools")}>
        {only.map((name) => <button key={name} type="button" aria-pressed={tool === name} title={keyOf && `${t(`tool.${name}`)} (${keyOf(name)})`} onClick={() => onTool(name)}>{t(`tool.${name}`)}</button>)}
        <span className="gap" />
        <button type="button" aria-pressed={view?.isInverted ?? false} disabled={!view} onClick={() => onView({ ...view!, isInverted: !view!.isInverted })}>{t("film.invert")}</button>
        <button type="button" disabled={!view} onClick={() => onView(turn(view!))}>{t("film.rotate")}</button>
        <button type="button" disabled={!picture} onClick={() => onView(wholeOf(picture!))}>{t("film.fit")}</button>
      </div>
      <div className="toolline"><small className="quiet" role="status">{t(`draw.hint.${tool}`)}</small>{children}</div>
    </>
  );
}
