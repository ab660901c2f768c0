/** How a cell of a table names a case of a run. */
export type CaseMatch = { readonly index: number } | { readonly candidates: readonly number[] };

const fileName = (id: string): string => id.slice(id.lastIndexOf("/") + 1);
const stem = (id: string): string => fileName(id).replace(/\.[A-Za-z0-9]{1,5}$/, "");

function indexBy(ids: readonly string[], key: (id: string) => string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  ids.forEach((id, i) => found.set(key(id), [...(found.get(key(id)) ?? []), i]));
  return found;
}

/**
 * Finds cases by their whole id, or by a file name with or without its ending where only one case has it.
 * @returns a function from a table's cell to the case, or to those that it may mean (none or several)
 */
export function caseFinder(ids: readonly string[]): (cell: string) => CaseMatch {
  const exact = new Map(ids.map((id, i) => [id, i]));
  const looser = [indexBy(ids, fileName), indexBy(ids, stem)];
  return (cell) => {
    const name = cell.replaceAll("\\", "/").replace(/^\.\//, "").normalize("NFC");
    const index = exact.get(cell) ?? exact.get(name) ?? exact.get(name.normalize("NFD"));
    if (index !== undefined) return { index };
    // With folders in it, a name must mean these folders: only what ends alike can be meant.
    const candidates = name.includes("/")
      ? ids.flatMap((id, i) => (id.endsWith(`/${name}`) || name.endsWith(`/${id}`) ? [i] : []))
      : (looser.map((names) => names.get(name)).find((found) => found !== undefined) ?? []);
    return candidates.length === 1 ? { index: candidates[0]! } : { candidates };
  };
}
