import type { PageModel } from "../index.js";
import { drawn, element, make, showError } from "./elements.js";
import { showPrediction } from "./show-prediction.js";

interface Entry {
  readonly file: File;
  readonly button: HTMLButtonElement;
}

/** The images that were opened, each with what the model says of it. Pixels are not kept: an image that is looked at again is read again. */
export class ImageList {
  #entries: Entry[] = [];
  #work: Promise<void> = Promise.resolve();
  readonly #model: () => PageModel;

  constructor(model: () => PageModel) {
    this.#model = model;
  }

  /** Reads and judges files one after another, and shows the first. */
  add(files: readonly File[]): void {
    const added = files.map((file) => this.#entry(file));
    element("list-part").hidden = this.#entries.length < 2;
    for (const [i, entry] of added.entries()) this.#then(() => this.#judge(entry, i === 0));
  }

  /** Judges every image again, after the model changed. */
  refresh(): void {
    const shown = this.#entries.findIndex(({ button }) => button.getAttribute("aria-current") === "true");
    for (const [i, entry] of this.#entries.entries()) this.#then(() => this.#judge(entry, i === shown));
  }

  #entry(file: File): Entry {
    const button = make("button");
    button.type = "button";
    button.append(make("span", file.name, "name"), make("span", "…", "quiet"));
    const entry = { file, button };
    button.addEventListener("click", () => this.#then(() => this.#judge(entry, true)));
    const item = make("li");
    item.append(button);
    element("list").append(item);
    this.#entries = [...this.#entries, entry];
    return entry;
  }

  #then(work: () => Promise<void>): void {
    element("stage").classList.add("busy");
    const mine = this.#work.then(work);
    this.#work = mine;
    void mine.finally(() => this.#work === mine && element("stage").classList.remove("busy"));
  }

  async #judge({ file, button }: Entry, isShown: boolean): Promise<void> {
    const said = button.lastElementChild as HTMLElement;
    await drawn();
    try {
      const prediction = await this.#model().predict(file);
      const { label, probabilities, scope } = prediction;
      said.textContent = scope.verdict === "out-of-scope" ? "no answer" : `${label} ${(100 * probabilities[label]!).toFixed(0)} %`;
      said.className = "quiet";
      if (!isShown) return;
      showError("failure");
      showPrediction(file.name, prediction);
      for (const each of this.#entries) each.button.setAttribute("aria-current", String(each.button === button));
    } catch (error) {
      said.textContent = "not read";
      said.className = "bad";
      showError("failure", error);
    }
  }
}
