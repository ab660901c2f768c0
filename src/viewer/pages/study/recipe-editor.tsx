import { useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { ResponseOf } from "../../../server/contract.js";
import { useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";
import { completionsAt, type Completion } from "./complete-recipe.js";

type Issues = ResponseOf<"checkRecipe">["issues"];

/** A text field for YAML: Tab indents by two, Ctrl+Space lists what fits, each issue leads to its line. */
export function RecipeEditor({ text, onChange, issues }: { readonly text: string; readonly onChange: (text: string) => void; readonly issues: Issues }): ReactNode {
  const { t } = useSpeech();
  const area = useRef<HTMLTextAreaElement>(null);
  const schema = useAnswer("recipeSchema", {});
  const [offered, setOffered] = useState<readonly Completion[]>([]);
  const offer = (): void => {
    const { selectionStart } = area.current!;
    setOffered(schema.data === undefined ? [] : completionsAt(schema.data, text, selectionStart));
  };
  const insert = (from: number, to: number, piece: string): void => {
    onChange(text.slice(0, from) + piece + text.slice(to));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + piece.length, from + piece.length);
    });
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      offer();
    }
  };
  const goTo = (line: number): void => {
    const start = text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, text.indexOf("\n", start) === -1 ? text.length : text.indexOf("\n", start));
  };
  return (
    <div className="editor">
      <label htmlFor="recipe"><strong>{t("new.recipe")}</strong></label>
      <textarea id="recipe" ref={area} value={text} spellCheck={false} rows={28} onChange={(event) => { onChange(event.target.value); setOffered([]); }} onKeyDown={press} onClick={() => setOffered([])} aria-invalid={issues.length > 0} aria-describedby="recipe-issues" />
      <div className="row"><button type="button" onClick={offer}>{t("new.keys")}</button></div>
      {offered.length > 0 && (
        <ul className="suggest">
          {offered.map((one) => <li key={one.text}><button type="button" title={one.about} onClick={() => { insert(one.from, one.to, one.text); setOffered([]); }}><code>{one.text.trim()}</code></button></li>)}
        </ul>
      )}
      <ul id="recipe-issues" className="plain" aria-live="polite">
        {issues.map((issue) => (
          <li key={`${issue.path} ${issue.message}`} className="wrong">
            {issue.line !== undefined && <button type="button" className="link" onClick={() => goTo(issue.line!)}>{t("new.line", { line: issue.line })}</button>} {issue.path && <code>{issue.path}</code>} {issue.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
