import { useEffect, useId, useRef, useState, type ChangeEvent, type KeyboardEvent, type ReactNode } from "react";
import type { ResponseOf } from "../../../server/contract.js";
import { useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { completionsAt, type Completion } from "./complete-recipe.js";

type Issues = ResponseOf<"checkRecipe">["issues"];

/** What is offered at the cursor. */
interface Offer {
  readonly list: readonly Completion[];
  /** Chosen with the arrow keys; -1 while nothing is. */
  readonly active: number;
  readonly line: number;
  readonly column: number;
}

/** Lines of the list that are shown; more are reached by typing on. */
const mostOffered = 12;

/** A text field for YAML: what fits is offered while one types, or by Ctrl+Space, and taken by arrow keys and Enter or by Tab; each issue leads to its line. */
export function RecipeEditor({ text, onChange, issues }: { readonly text: string; readonly onChange: (text: string) => void; readonly issues: Issues }): ReactNode {
  const { t } = useSpeech();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number>(undefined);
  const schema = useAnswer("recipeSchema", {});
  const [offer, setOffer] = useState<Offer>();
  const [scroll, setScroll] = useState(0);
  const lookUp = (whole: string, cursor: number, active: number): void => {
    const before = whole.slice(0, cursor).split("\n");
    const list = schema.data === undefined ? [] : completionsAt(schema.data, whole, cursor).slice(0, mostOffered);
    const isWhole = list.length === 1 && list[0]!.text.trim() === whole.slice(list[0]!.from, cursor).trim();
    setOffer(list.length === 0 || isWhole ? undefined : { list, active, line: before.length, column: before.at(-1)!.length });
  };
  const type = ({ target: { value, selectionStart } }: ChangeEvent<HTMLTextAreaElement>): void => {
    onChange(value);
    // While one writes a key or a value; not on an empty line, nor in the midst of a comment.
    if (/^(?!\s*#).*[\w-]:? ?$/.test(value.slice(0, selectionStart).split("\n").at(-1)!)) lookUp(value, selectionStart, -1);
    else setOffer(undefined);
  };
  const take = ({ from, to, text: piece }: Completion): void => {
    caret.current = from + piece.length;
    onChange(text.slice(0, from) + piece + text.slice(to));
    setOffer(undefined);
  };
  useEffect(() => {
    if (caret.current === undefined) return;
    area.current!.focus();
    area.current!.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  }, [text]);
  const press = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const { list, active } = offer ?? { list: [], active: -1 };
    if (event.key === " " && event.ctrlKey) lookUp(text, area.current!.selectionStart, 0);
    else if (offer === undefined) return;
    else if (event.key === "Escape") setOffer(undefined);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") setOffer({ ...offer, active: (active + (event.key === "ArrowDown" ? 1 : list.length) + (active < 0 && event.key === "ArrowUp" ? 1 : 0)) % list.length });
    else if (event.key === "Tab" || (event.key === "Enter" && active >= 0)) take(list[Math.max(0, active)]!);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const goTo = (line: number): void => {
    const start = text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, text.indexOf("\n", start) === -1 ? text.length : text.indexOf("\n", start));
  };
  return (
    <div className="editor">
      <label htmlFor="recipe"><strong>{t("new.recipe")}</strong></label>
      <div className="text">
        <textarea
          id="recipe" ref={area} value={text} spellCheck={false} rows={28} onChange={type} onKeyDown={press} onClick={() => setOffer(undefined)} onBlur={() => setOffer(undefined)} onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
          aria-invalid={issues.length > 0} aria-describedby="recipe-issues" aria-autocomplete="list" aria-controls={offer && id} aria-activedescendant={offer && offer.active >= 0 ? `${id}-${offer.active}` : undefined}
        />
        {offer && (
          <ul id={id} className="offer" role="listbox" aria-label={t("new.keys")} style={{ top: `calc(.4rem + ${offer.line * 1.5}em - ${scroll}px)`, left: `min(calc(.6rem + ${offer.column}ch), calc(100% - 20rem))` }}>
            {offer.list.map((one, i) => (
              // The pointer goes down before the field would lose the focus, and the list with it.
              <li key={one.text} id={`${id}-${i}`} role="option" aria-selected={i === offer.active} onPointerDown={(event) => { event.preventDefault(); take(one); }}>
                <code>{one.text.trim()}</code>{one.about && <small>{one.about}</small>}
              </li>
            ))}
          </ul>
        )}
      </div>
      <p className="quiet"><small>{t("new.keys")}</small></p>
      <ul id="recipe-issues" className="plain" aria-live="polite">
        {issues.map((issue) => (
          <li key={`${issue.line} ${issue.path} ${issue.message}`} className="wrong">
            {issue.line !== undefined && <button type="button" className="link" onClick={() => goTo(issue.line!)}>{t("new.line", { line: issue.line })}</button>} {issue.path && <code>{issue.path}</code>} {issue.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
