import type { Example, PageModel, TuneProgress } from "../index.js";
import { buttonOf, element, inputOf, make, showError } from "./elements.js";

const accepted = ".png,.jpg,.jpeg,.dcm,image/png,image/jpeg,application/dicom";

/** A label with the images given for it. */
class Shelf {
  readonly element = make("div", "", "shelf");
  files: File[] = [];
  readonly #label: () => string;
  readonly #count = make("span", "0 images", "count");

  constructor(label: string | undefined, onChange: () => void) {
    const name = make("span", label ?? "", "name");
    const field = make("input");
    if (label === undefined) {
      field.setAttribute("aria-label", "Name of the new label");
      field.addEventListener("input", onChange);
      name.append("New label: ", field);
    }
    this.#label = label === undefined ? () => field.value.trim() : () => label;
    const pick = make("label", "Add images", "pick");
    const input = make("input");
    input.type = "file";
    input.multiple = true;
    input.accept = accepted;
    input.addEventListener("change", () => {
      this.files.push(...(input.files ?? []));
      this.#count.textContent = `${this.files.length} image${this.files.length === 1 ? "" : "s"}`;
      input.value = "";
      onChange();
    });
    pick.append(input);
    this.element.append(name, this.#count, pick);
  }

  get examples(): Example[] {
    return this.files.map((image) => ({ image, label: this.#label(), name: image.name }));
  }
}

function say({ task, done, total, note }: TuneProgress): void {
  const bar = element("progress") as HTMLProgressElement;
  bar.value = total === 0 ? 0 : done / total;
  element("trained").textContent = `${task === "training" ? "Training" : "Reading images"}, ${done} of ${total}${note === undefined ? "" : ` · ${note}`}`;
}

/** Offers a file for saving. */
function save(file: Uint8Array<ArrayBuffer>): void {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([file], { type: "application/octet-stream" }));
  link.download = "model.onnx";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The part of the page in which the model is trained further. */
export function offerTraining(model: () => PageModel, use: (tuned: PageModel) => void): void {
  let shelves: Shelf[] = [];
  let trained: Uint8Array<ArrayBuffer> | undefined;
  const train = buttonOf("train");
  const examples = (): Example[] => shelves.flatMap((shelf) => shelf.examples);
  const check = (): void => {
    const labels = new Set(examples().map(({ label }) => label));
    train.disabled = labels.size < 2 || labels.has("");
  };
  const put = (label?: string): void => {
    const shelf = new Shelf(label, check);
    shelves = [...shelves, shelf];
    element("shelves").append(shelf.element);
  };
  for (const label of model().metadata.labels) put(label);
  element("add-label").addEventListener("click", () => put());
  element("save").addEventListener("click", () => trained && save(trained));
  train.addEventListener("click", () => void run());

  async function run(): Promise<void> {
    const stopper = new AbortController();
    const stop = buttonOf("stop");
    const halt = (): void => stopper.abort();
    stop.addEventListener("click", halt);
    const busy = (isBusy: boolean): void => {
      [stop.hidden, element("progress").hidden, train.disabled] = [!isBusy, !isBusy, isBusy];
    };
    busy(true);
    showError("teach-failure");
    try {
      const part = document.querySelector<HTMLInputElement>('input[name="part"]:checked')!.value as "head" | "last-stage";
      const started = performance.now();
      const tuned = await model().tune(examples(), { part, epochs: Number(inputOf("epochs").value), signal: stopper.signal, onProgress: say });
      trained = tuned.file;
      const last = tuned.history.at(-1)!;
      element("trained").textContent = `Trained in ${((performance.now() - started) / 1000).toFixed(0)} s: loss ${tuned.history[0]!.loss.toFixed(3)} → ${last.loss.toFixed(3)}, ${(100 * last.accuracy).toFixed(0)} % of the examples right. These are the images it was trained on: test it on others. This page now uses it.`;
      element("save").hidden = false;
      use(tuned.model);
    } catch (error) {
      if (stopper.signal.aborted) element("trained").textContent = "Stopped. The model is as it was.";
      else showError("teach-failure", error);
    } finally {
      stop.removeEventListener("click", halt);
      busy(false);
      check();
    }
  }
}
