import type { caseRoutes } from "../contract/cases.js";
import type { MethodName, Passes } from "../../explain/index.js";
import type { Raw } from "../http/answer.js";
import type { Handlers } from "../http/call.js";
import { readPage } from "../http/paging.js";
import { notFound } from "../http/refusal.js";
import { annotationHandlers } from "./annotations.js";
import { caseDicom, picturePage } from "../studies/case-image.js";
import { selectCases, chooseCell } from "../studies/case-selection.js";
import { sayCase } from "../studies/say-case.js";
import { sayMap } from "../studies/say-map.js";
import { findSimilar } from "../studies/similar-cases.js";

const weigh = (passes: Passes): number => (typeof passes === "number" ? passes : 100);

export const caseHandlers: Handlers<keyof typeof caseRoutes> = {
  cases: async ({ params, query }, bench) => {
    const row = await bench.catalog.row(params.study);
    const chosen = await chooseCell(bench.store, row.id, query);
    if (chosen === undefined) return { items: [], total: 0 };
    const { list, by, direction } = selectCases(bench.store, row.id, chosen, query);
    const { rows, ...page } = await readPage(list, { limit: query.limit, cursor: query.cursor, by, direction });
    return {
      ...page,
      items: rows.map((one) => ({ key: one.case_key, name: one.name, label: one.label, predicted: one.predicted, correct: one.correct === 1, confidence: one.confidence, relevance: one.relevance, seed: one.seed, fold: one.fold })),
    };
  },
  case: async ({ params, query }, bench) => sayCase(bench, params, query),
  caseImage: async ({ params, query }, bench): Promise<Raw> => {
    const row = await bench.catalog.row(params.study);
    const results = await bench.catalog.results(row);
    const subject = await bench.store.db.selectFrom("study_cases").selectAll().where("study_id", "=", row.id).where("key", "=", params.case).executeTakeFirst();
    if (results === undefined || subject === undefined) throw notFound("case");
    if (query.format === "dicom") return caseDicom(await bench.pictures.picture(row, results, subject));
    return picturePage(await bench.pictures.png(row, results, subject, { isThumbnail: query.format === "thumbnail" }));
  },
  caseMap: async ({ params, query }, bench) => sayMap(bench, params, query),
  similarCases: async ({ params, query }, bench) => findSimilar(bench, params, query),
  methods: async () => {
    const { methods } = await import("../../explain/index.js");
    return (Object.keys(methods) as MethodName[]).map((name) => {
      const { title, summary, signed, cost } = methods[name];
      const passes = weigh(cost.forward) + weigh(cost.backward);
      return { name, title, summary, signed, cost: passes <= 2 ? ("one-pass" as const) : passes < 60 ? ("several" as const) : ("many" as const) };
    });
  },
  ...annotationHandlers,
};
