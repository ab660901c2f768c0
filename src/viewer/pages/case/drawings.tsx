import { useState, type ReactNode } from "react";
import { versionTag, type Annotation, type Shape } from "../../../server/contract.js";
import { TextField } from "../../parts/fields.js";
import { Failure } from "../../parts/states.js";
import { readingOf } from "../../film/shape-layer.js";
import type { Spacing } from "../../film/measure.js";
import { pathOf, server, useAct, type Answer } from "../../shell/server.js";
import { useIsMaker } from "../../shell/session.js";
import { useSpeech } from "../../shell/speech.js";

interface DrawingsProps {
  readonly study: string;
  readonly caseKey: string;
  readonly spacing: Spacing | undefined;
  readonly isDicom: boolean;
  /** What is drawn and not saved. */
  readonly shapes: readonly Shape[];
  readonly onShapes: (shapes: readonly Shape[]) => void;
  readonly saved: Answer<{ items: Annotation[] }>;
  readonly edited: Annotation | undefined;
  readonly onEdit: (annotation: Annotation | undefined) => void;
}

export function Drawings({ study, caseKey, spacing, shapes, onShapes, saved, edited, onEdit }: DrawingsProps): ReactNode {
  const speech = useSpeech();
  const { t, moment } = speech;
  const isMaker = useIsMaker();
  const [title, setTitle] = useState("");
  const [note, setNote] = useState("");
  const { act, isBusy, error } = useAct();
  const say = (shape: Shape): string => [t(`tool.${shape.kind}`), readingOf(speech, shape, spacing)].filter(Boolean).join(" ");
  const clear = (): void => {
    onShapes([]);
    onEdit(undefined);
    setTitle("");
    setNote("");
  };
  const save = (): void => void act(async () => {
    const body = { shapes: [...shapes], title: title.trim(), note: note.trim() };
    if (edited) await server.call("changeAnnotation", { params: { annotation: edited.id }, body, ifMatch: versionTag(edited.version) });
    else await server.call("makeAnnotation", { body: { ...body, study, case: caseKey } });
    clear();
    saved.again();
  });
  const edit = (annotation: Annotation): void => {
    onEdit(annotation);
    onShapes(annotation.shapes);
    setTitle(annotation.title);
    setNote(annotation.note);
  };
  const list = (saved.data?.items ?? []).filter(({ id }) => id !== edited?.id);
  return (
    <section className="card">
      <h2>{t("draw.title")}</h2>
      {saved.error && <Failure error={saved.error} onAgain={saved.again} />}
      {list.length === 0 && shapes.length === 0 && <p className="quiet"><small>{t("draw.none")}</small></p>}
      <ul className="plain">
        {list.map((annotation) => (
          <li key={annotation.id}>
            <strong>{annotation.title || annotation.shapes.map(say).join(", ")}</strong> <small className="quiet">{t("draw.by", { name: annotation.author.name, date: moment(annotation.changedAt) })}</small>
            {annotation.title && <small> {annotation.shapes.map(say).join(", ")}</small>}
            {annotation.note && <p><small>{annotation.note}</small></p>}
            <div className="toolbar">
              <a className="button" href={pathOf("annotationDicom", { params: { annotation: annotation.id }, query: { kind: "seg" } })} download>{t("draw.seg")}</a>
              <a className="button" href={pathOf("annotationDicom", { params: { annotation: annotation.id }, query: { kind: "sr" } })} download>{t("draw.sr")}</a>
              {isMaker && <button type="button" onClick={() => edit(annotation)}>{t("draw.edit")}</button>}
              {isMaker && <button type="button" disabled={isBusy} onClick={() => void act(() => server.call("removeAnnotation", { params: { annotation: annotation.id }, ifMatch: versionTag(annotation.version) })).then(saved.again)}>{t("shell.remove")}</button>}
            </div>
          </li>
        ))}
      </ul>
      {error && <Failure error={error} />}
      {shapes.length > 0 && (
        <form onSubmit={(event) => { event.preventDefault(); save(); }}>
          <p><small>{shapes.map(say).join(", ")}</small></p>
          <TextField label={t("draw.name")} maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
          <TextField label={t("draw.note")} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
          <div className="row">
            {isMaker && <button type="submit" className="main" disabled={isBusy}>{t("draw.save")}</button>}
            <button type="button" onClick={() => onShapes(shapes.slice(0, -1))}>{t("draw.undo")}</button>
            <button type="button" onClick={clear}>{t("draw.discard")}</button>
          </div>
        </form>
      )}
    </section>
  );
}
