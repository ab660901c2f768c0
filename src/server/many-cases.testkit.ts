import { derivedId } from "./ids.js";
import type { SignedIn, TestServer } from "./server.testkit.js";

const labels = ["normal", "scoliosis", "spondylolisthesis"];

/** Puts a data set and a study's predictions of so many cases into the store, as imports do. */
export async function fillStore({ bench: { store } }: TestServer, { study, cell, count }: { readonly study: string; readonly cell: string; readonly count: number }): Promise<string> {
  const dataset = "a-very-large-set";
  const facts = JSON.stringify({ cases: count, labels, columns: ["view"] });
  const index = Array.from({ length: count }, (_, i) => i);
  await store.write(async ({ tx }) => {
    await tx.insertInto("datasets").values({ id: dataset, name: "large", source: "csv", state: "ready", problem: null, path: "labels.csv", facts, sha256: "00", created_at: "2026-01-01T00:00:00.000Z", audit_state: "none", audit: null, removed: 0 }).execute();
    for (let first = 0; first < count; first += 500) {
      const part = index.slice(first, first + 500);
      await tx.insertInto("data_cases").values(part.map((i) => ({ dataset_id: dataset, key: derivedId("x", String(i)), name: `images/P${String(i).padStart(6, "0")}.png`, label: labels[i % 3]!, imported_label: labels[i % 3]!, patient: `P${i >> 1}`, file: `/nowhere/${i}.png`, fields: '{"fields":{"view":"lateral"},"beside":{}}', boxes: null, polygons: null, version: i % 1000 === 0 ? 2 : 1 }))).execute();
      await tx.insertInto("predictions").values(part.map((i) => ({ study_id: study, cell, seed: 9, fold: 1 + (i % 5), case_key: derivedId("x", String(i)), name: `images/P${String(i).padStart(6, "0")}.png`, label: labels[i % 3]!, predicted: labels[(i % 11 === 0 ? i + 1 : i) % 3]!, correct: i % 11 === 0 ? 0 : 1, confidence: 0.5 + ((i * 7919) % 50_000) / 100_000, relevance: ((i * 104_729) % 1000) / 1000, region_share: 0.2, set_size: 1 + (i % 17 === 0 ? 1 : 0), elsewhere: i % 11 !== 0 && ((i * 104_729) % 1000) / 1000 < 0.2 ? 1 : 0, uncertain: i % 17 === 0 ? 1 : 0, probabilities: "[[0.5,0.3,0.2],null]" }))).execute();
    }
  });
  await store.settle(["data_cases", "predictions"]);
  return dataset;
}

export interface TimedList {
  readonly what: string;
  readonly ms: number;
  readonly total: number;
}

/** Every list under every filter and order, its first page and one from the middle. */
export async function timeLists({ call }: SignedIn, { study, cell, dataset }: { readonly study: string; readonly cell: string; readonly dataset: string }): Promise<TimedList[]> {
  const timed: TimedList[] = [];
  const time = async (what: string, ask: () => Promise<{ readonly total: number; readonly next?: string | undefined }>): Promise<string | undefined> => {
    const from = performance.now();
    const { total, next } = await ask();
    timed.push({ what, ms: performance.now() - from, total });
    return next;
  };
  const both = async (what: string, ask: (cursor?: string) => Promise<{ readonly total: number; readonly next?: string | undefined }>): Promise<void> => {
    const next = await time(what, () => ask());
    if (next !== undefined) await time(`${what}, further on`, () => ask(next));
  };
  for (const query of [{}, { label: "scoliosis" }, { search: "p00999" }, { search: "nothing" }, { changed: "true" as const }, { sort: "label" as const }, { sort: "patient" as const }]) {
    await both(`data set ${JSON.stringify(query)}`, (cursor) => call("dataCases", { params: { dataset }, query: { ...query, limit: 100, ...(cursor !== undefined && { cursor }) } }));
  }
  for (const filter of [undefined, "wrong", "right", "uncertain", "elsewhere"] as const) {
    for (const sort of ["name", "confidence", "-confidence", "relevance", "-relevance"] as const) {
      await both(`cases ${filter ?? ""} ${sort}`, (cursor) => call("cases", { params: { study }, query: { cell, seed: 9, sort, limit: 100, ...(filter && { filter }), ...(cursor !== undefined && { cursor }) } }));
    }
  }
  await both("cases of a cell of the confusion matrix", (cursor) => call("cases", { params: { study }, query: { cell, seed: 9, label: "normal", predicted: "scoliosis", ...(cursor !== undefined && { cursor }) } }));
  await both("cases searched", (cursor) => call("cases", { params: { study }, query: { cell, seed: 9, search: "0999", ...(cursor !== undefined && { cursor }) } }));
  await time("data sets", () => call("dataSets"));
  await time("studies", () => call("studies"));
  return timed;
}
