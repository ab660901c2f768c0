import { useEffect, useId, useRef, type ReactNode } from "react";
import { useSpeech } from "../shell/speech.js";

/** A window over the page; the browser keeps the focus in it and gives it back. */
export function Dialog({ title, isOpen, isWide = false, onClose, children }: { readonly title: string; readonly isWide?: boolean; readonly isOpen: boolean; readonly onClose: () => void; readonly children: ReactNode }): ReactNode {
  const { t } = useSpeech();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    if (isOpen && !element.open) element.showModal();
    if (!isOpen && element.open) element.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className={isWide ? "wide" : ""} aria-labelledby={id} onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      {isOpen && (
        <div className="dialog">
          <header>
            <h2 id={id}>{title}</h2>
            <button type="button" className="plain" onClick={onClose}>
              {t("shell.close")}
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
