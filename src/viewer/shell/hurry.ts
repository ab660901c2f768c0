import { selectionOf } from "../pages/case/selection.js";
import { askEarly, pathOf } from "./server.js";

/** What the first page will want is asked for before React has started: who is there, the case with its picture and map, and the programs that draw it. */
function hurry(): void {
  void askEarly("me", {});
  const [room, study, inside, key] = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (room === "read" && study !== undefined) void import("../pages/reading/read.js");
  if (room !== "studies" || study === undefined || study === "new") return;
  if (inside === undefined) void askEarly("study", { params: { study } });
  if (inside !== "cases" || key === undefined) return;
  void import("../pages/case/case.js");
  const params = { study, case: key };
  const query = new URLSearchParams(location.search);
  void import("../film/load-picture.js").then(({ loadPicture }) => loadPicture(pathOf("caseImage", { params }))).catch(() => undefined);
  void hurryMap(params, query).catch(() => undefined);
}

async function hurryMap(params: { readonly study: string; readonly case: string }, query: URLSearchParams): Promise<void> {
  const { predictions } = await askEarly("case", { params, query: selectionOf(query) });
  const shown = predictions.find(({ cell }) => cell === (query.get("cell") ?? predictions[0]?.cell));
  if (shown?.hasMap && !query.has("method")) void askEarly("caseMap", { params, query: { cell: shown.cell, seed: shown.seed } });
}

hurry();
