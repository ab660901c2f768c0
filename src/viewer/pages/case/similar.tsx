import type { ReactNode } from "react";
import { Shown } from "../../parts/states.js";
import { Link } from "../../shell/router.js";
import { pathOf, useAnswer } from "../../shell/server.js";
import { useSpeech } from "../../shell/speech.js";

export function SimilarCases({ study, caseKey, cell }: { readonly study: string; readonly caseKey: string; readonly cell: string }): ReactNode {
  const { t, percent } = useSpeech();
  const answer = useAnswer("similarCases", { params: { study, case: caseKey }, query: { cell } });
  return (
    <section className="card">
      <h2>{t("case.similar")}</h2>
      <Shown answer={answer}>
        {({ basis, items }) => (
          <>
            <div className="thumbs">
              {items.map((item) => (
                <Link key={item.key} to={`/studies/${study}/cases/${item.key}?${new URLSearchParams({ cell }).toString()}`} title={item.name}>
                  <img src={pathOf("caseImage", { params: { study, case: item.key }, query: { format: "thumbnail" } })} alt={t("case.image", { name: item.name })} loading="lazy" />
                  {item.label} <span className="quiet">{percent(item.similarity, 0)}</span>
                </Link>
              ))}
            </div>
            <p className="quiet"><small>{t("case.similarNote", { basis })}</small></p>
          </>
        )}
      </Shown>
    </section>
  );
}
