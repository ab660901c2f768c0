import { paintImage, paintMap, type PaintedMap, type Prediction } from "../index.js";
import { element, inputOf, make } from "./elements.js";

function put(id: string, { pixels, height, width }: PaintedMap): void {
  const canvas = (element(id) as HTMLCanvasElement);
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(new ImageData(pixels, width, height), 0, 0);
}

function row(label: string, probability: number, isFirst: boolean): HTMLTableRowElement {
  const line = make("tr", "", isFirst ? "first" : "");
  const bar = make("progress");
  bar.max = 1;
  bar.value = probability;
  const name = make("td");
  name.append(bar, make("span", label));
  line.append(name, make("td", `${(100 * probability).toFixed(1)} %`));
  return line;
}

/** Puts a prediction on the page: the image, its map, and the labels with the likeliest first. */
export function showPrediction(name: string, prediction: Prediction): void {
  const { label, probabilities, map, milliseconds, scope } = prediction;
  const isDeclined = scope.verdict === "out-of-scope";
  put("image", paintImage(prediction));
  put("heat", paintMap(prediction));
  const hasMap = map.values.length > 0 && !isDeclined;
  element("heat").hidden = !hasMap;
  element("opacity-row").hidden = !hasMap;
  element("scale").hidden = !hasMap;
  element("explains").hidden = !hasMap;
  element("image").setAttribute("aria-label", name);
  element("file").textContent = name;
  element("file").title = name;
  element("label").textContent = isDeclined ? "No answer" : label;
  const told = element("scope");
  told.hidden = scope.verdict === "in-scope";
  told.className = isDeclined ? "warning" : "quiet";
  told.textContent = isDeclined ? `Not an image this model was made for: ${scope.reasons.join("; ")}.` : "The model file does not say what images it was made for: whether this is one was not checked.";
  element("probabilities").hidden = isDeclined;
  const rows = Object.entries(probabilities).toSorted(([, a], [, b]) => b - a);
  element("probabilities").firstElementChild!.replaceChildren(...rows.map(([each, probability], i) => row(each, probability, i === 0)));
  element("picture").hidden = false;
  element("verdict").hidden = false;
  element("stage").classList.remove("empty");
  element("time").textContent = `${milliseconds.predict.toFixed(0)} ms for the prediction${hasMap ? " and its map" : ""}`;
}

/** Lets the slider decide how strongly the map covers the image. */
export function followOpacity(): void {
  const slider = inputOf("opacity");
  const follow = (): void => {
    element("heat").style.opacity = String(Number(slider.value) / 100);
    element("opacity-value").textContent = `${slider.value} %`;
  };
  slider.addEventListener("input", follow);
  follow();
}
