import type { ReactNode } from "react";
import type { Study } from "../../../server/contract.js";
import { pathOf, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";

export function StudyFiles({ study }: { readonly study: Study }): ReactNode {
  const { t, bytes } = useSpeech();
  const { data } = useAnswer("studyFiles", { params: { study: study.id } });
  return (
    <div className="grid2">
      {data !== undefined && data.length > 0 && (
        <details className="card">
          <summary>{t("study.files")}</summary>
          <ul>{data.map((file) => <li key={file.name}><a href={pathOf("studyFile", { params: { study: study.id, "*": file.name } })}>{file.name}</a> <small className="quiet">{bytes(file.bytes)}</small></li>)}</ul>
        </details>
      )}
      {study.recipe && <details className="card"><summary>{t("study.recipe")}</summary><pre tabIndex={0}>{study.recipe}</pre></details>}
      {study.reproduce && <details className="card"><summary>{t("study.reproduce")}</summary><pre tabIndex={0}>{study.reproduce}</pre></details>}
    </div>
  );
}
