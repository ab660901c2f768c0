import { useState, type ReactNode } from "react";
import { useSpeech } from "../shell/speech.js";
import { Dialog } from "./dialog.js";

/** A button that asks once more before it does what cannot be taken back. */
export function ConfirmButton({ label, note, disabled = false, onConfirm }: { readonly label: string; readonly note: string; readonly disabled?: boolean; readonly onConfirm: () => void }): ReactNode {
  const { t } = useSpeech();
  const [isAsking, setAsking] = useState(false);
  const confirm = (): void => {
    setAsking(false);
    onConfirm();
  };
  return (
    <>
      <button type="button" disabled={disabled} onClick={() => setAsking(true)}>{label}</button>
      <Dialog title={t("shell.sure")} isOpen={isAsking} onClose={() => setAsking(false)}>
        <p>{note}</p>
        <div className="row">
          <button type="button" className="main" onClick={confirm}>{label}</button>
          <button type="button" onClick={() => setAsking(false)}>{t("shell.cancel")}</button>
        </div>
      </Dialog>
    </>
  );
}
