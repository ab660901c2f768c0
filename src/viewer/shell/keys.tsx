import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Dialog } from "../parts/dialog.js";
import type { Word } from "../words/index.js";
import { navigate } from "./router.js";
import { useSpeech } from "./speech.js";

export interface KeyAction {
  readonly word: Word;
  /** How the list shows it, where that is not the key itself. */
  readonly shown?: string;
  readonly run: (event: KeyboardEvent) => void;
}
/** By the key's name; `Shift+ArrowUp` with Shift. */
export type KeyMap = Readonly<Record<string, KeyAction>>;

interface Keys {
  readonly open: () => void;
  readonly add: (map: { current: KeyMap }) => () => void;
}
const KeysContext = createContext<Keys>({ open: () => undefined, add: () => () => undefined });

/** Whether a key belongs to the field it was pressed in. */
function isOfField({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return /^(Arrow|Home|End|Page)/.test(key);
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Keys are looked for from the page that was mounted last to the first. `?` lists them all. */
export function KeysProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { t } = useSpeech();
  const maps = useRef<{ current: KeyMap }[]>([]);
  const [isOpen, setOpen] = useState(false);
  const [isOn, setOn] = useState(() => localStorage.getItem("keys") !== "off");
  const own: KeyMap = { "?": { word: "key.help", run: () => setOpen(true) }, g: { word: "key.studies", run: () => navigate("/studies") } };
  useEffect(() => {
    localStorage.setItem("keys", isOn ? "on" : "off");
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isOfField(event) || document.querySelector("dialog[open]") !== null) return;
      // A key of one character must be possible to turn off: speech input would trigger it (WCAG 2.1.4).
      if (!isOn && event.key.length === 1) return;
      if (event.key === "Enter" && event.target instanceof Element && event.target.closest("a, button:not([role=radio])") !== null) return;
      const name = `${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}${event.key}`;
      const found = [own, ...maps.current.map(({ current }) => current)].toReversed().find((map) => Object.hasOwn(map, name))?.[name];
      if (found === undefined) return;
      event.preventDefault();
      found.run(event);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const keys = useMemo<Keys>(
    () => ({
      open: () => setOpen(true),
      add: (map) => {
        maps.current.push(map);
        return () => void maps.current.splice(maps.current.indexOf(map), 1);
      },
    }),
    [],
  );
  const listed = new Map<Word, string[]>();
  for (const map of [...maps.current.map(({ current }) => current), own]) for (const [key, { word, shown }] of Object.entries(map)) listed.set(word, [...new Set([...(listed.get(word) ?? []), shown ?? key])]);
  return (
    <KeysContext value={keys}>
      {children}
      <Dialog title={t("shell.keysTitle")} isWide={listed.size > 10} isOpen={isOpen} onClose={() => setOpen(false)}>
        <dl className="keys">
          {[...listed].map(([word, names]) => (
            <div key={word}>
              <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
              <dd>{t(word)}</dd>
            </div>
          ))}
        </dl>
        <label className="check">
          <input type="checkbox" checked={isOn} onChange={(event) => setOn(event.target.checked)} /> {t("key.on")}
        </label>
      </Dialog>
    </KeysContext>
  );
}

export function KeysButton(): ReactNode {
  const { t } = useSpeech();
  const { open } = useContext(KeysContext);
  return (
    <button type="button" className="keys-button" onClick={open} aria-haspopup="dialog">
      <kbd>?</kbd> {t("shell.keys")}
    </button>
  );
}

/** Adds keys while the component is there. */
export function useKeys(map: KeyMap): void {
  const { add } = useContext(KeysContext);
  const holder = useRef(map);
  holder.current = map;
  useEffect(() => add(holder), [add]);
}
