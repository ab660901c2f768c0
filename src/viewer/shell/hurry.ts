import { bestCell } from "../pages/study/best-cell.js";
import { selectionOf } from "../pages/case/selection.js";
import { addressOf, askEarly, fetchEarly } from "./early.js";

// A small script of its own, which runs while the pages are still being loaded: what the first of them will want is asked for now.

async function hurryStudy(study: string, cell: string | null): Promise<void> {
  const { table } = await askEarly("study", { params: { study } });
  const chosen = cell ?? bestCell(table);
  if (chosen !== undefined) void askEarly("studyCell", { params: { study }, query: { cell: chosen } });
}

async function hurryCase(params: { readonly study: string; readonly case: string }, query: URLSearchParams): Promise<void> {
  fetchEarly(addressOf("caseImage", { params }));
  const { predictions } = await askEarly("case", { params, query: selectionOf(query) });
  const shown = predictions.find(({ cell }) => cell === (query.get("cell") ?? predictions[0]?.cell));
  if (shown?.hasMap && !query.has("method")) void askEarly("caseMap", { params, query: { cell: shown.cell, seed: shown.seed } });
}

function hurry(): void {
  void askEarly("me", {});
  const [room, study, inside, key] = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (room !== "studies" || study === undefined || study === "new") return;
  const query = new URLSearchParams(location.search);
  if (inside === undefined) hurryStudy(study, query.get("cell")).catch(() => undefined);
  if (inside === "cases" && key !== undefined) hurryCase({ study, case: key }, query).catch(() => undefined);
}

hurry();
