import { openModel, sealPage, type PageModel } from "../index.js";
import { element, inputOf, showError } from "./elements.js";
import { ImageList } from "./image-list.js";
import { followOpacity } from "./show-prediction.js";
import { offerTraining } from "./teach.js";

/** `?device=webgpu` and `?threads=2` in the address choose where the model runs. */
function optionsOf(address: URL): { device?: "cpu" | "webgpu" | "auto"; threads?: number } {
  const device = address.searchParams.get("device");
  const threads = address.searchParams.get("threads");
  return { ...(device !== null && { device: device as "cpu" | "webgpu" | "auto" }), ...(threads !== null && { threads: Number(threads) }) };
}

function describe({ metadata, device, threads }: PageModel): void {
  const { architecture, preprocessing, labels } = metadata;
  element("model").textContent = `${architecture} · ${preprocessing.size} × ${preprocessing.size} · ${labels.length} labels`;
  const place = device === "webgpu" ? "the graphics processor (WebGPU)" : `the processor (WebAssembly, ${threads} thread${threads === 1 ? "" : "s"})`;
  element("facts").textContent = `Runs on ${place}.${crossOriginIsolated || device === "webgpu" ? "" : " One thread only: the server does not isolate this page."}`;
}

/** Files that are dropped, chosen or pasted. */
function takeFiles(take: (files: readonly File[]) => void): void {
  const stage = element("stage");
  const input = inputOf("files");
  const given = (files: FileList | null | undefined): void => {
    if (files && files.length > 0) take([...files]);
  };
  input.addEventListener("change", () => {
    given(input.files);
    input.value = "";
  });
  element("drop").addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && input.click());
  for (const kind of ["dragenter", "dragover"]) {
    addEventListener(kind, (event) => {
      event.preventDefault();
      stage.classList.add("over");
    });
  }
  addEventListener("dragleave", (event) => event.relatedTarget === null && stage.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    stage.classList.remove("over");
    given(event.dataTransfer?.files);
  });
  addEventListener("paste", (event) => given(event.clipboardData?.files));
}

async function main(): Promise<void> {
  element("stage").classList.add("empty");
  followOpacity();
  let model = await openModel("model.onnx", { ...optionsOf(new URL(location.href)), dicomCodecs: true });
  sealPage();
  element("sealed").hidden = false;
  describe(model);
  const list = new ImageList(() => model);
  takeFiles((files) => list.add(files));
  offerTraining(
    () => model,
    (tuned) => {
      void model.release();
      model = tuned;
      describe(model);
      list.refresh();
    },
  );
  inputOf("files").disabled = false;
  element("invitation").textContent = "Drop a radiograph here, or choose one";
  document.documentElement.dataset["ready"] = "true";
}

main().catch((error: unknown) => {
  element("invitation").textContent = "The model could not be opened";
  element("formats").hidden = true;
  showError("failure", error);
});
