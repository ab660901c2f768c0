/** The element of the page with an id; which kind it is, index.html says. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element "${id}"`);
  return found;
}

export const inputOf = (id: string): HTMLInputElement => element(id) as HTMLInputElement;
export const buttonOf = (id: string): HTMLButtonElement => element(id) as HTMLButtonElement;

/** Shows an error where it belongs, or takes it away. */
export function showError(id: string, error?: unknown): void {
  const place = element(id);
  place.hidden = error === undefined;
  place.textContent = error === undefined ? "" : error instanceof Error ? error.message : "something unknown went wrong";
}

/** A new element with text. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, text = "", className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

/** Gives the browser time to draw what was changed. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
