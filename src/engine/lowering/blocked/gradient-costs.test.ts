import assert from "node:assert/strict";
import test from "node:test";
import { costOfPointwise, costOfTaps, type GradientShape, type PointwiseForm, type TapsForm } from "./gradient-costs.js";
import { measuredGradients, type MeasuredGradient } from "./gradient-costs.testkit.js";

function costOf(form: string, { batch, channels, filters, input, output, kernel }: MeasuredGradient): number {
  const shape: GradientShape = { batch, channels, filters, inputPixels: input ** 2, pixels: output ** 2, kernel: [kernel, kernel] };
  if (kernel === 1) return costOfPointwise(form as PointwiseForm, shape);
  const images = /-(\d+)$/.exec(form)?.[1];
  return costOfTaps(form.replace(/-\d+$/, "") as TapsForm, shape, images === undefined ? undefined : Number(images));
}

test("the form that is chosen takes at most a tenth longer than the fastest one measured, on every layer of the studied networks", () => {
  for (const layer of measuredGradients) {
    const forms = Object.entries(layer.milliseconds);
    const [chosen, taken] = forms.reduce((best, form) => (costOf(form[0], layer) < costOf(best[0], layer) ? form : best));
    const [fastest, least] = forms.reduce((best, form) => (form[1] < best[1] ? form : best));
    assert.ok(taken <= 1.1 * least, `${layer.channels} to ${layer.filters} channels at ${layer.input}, kernel ${layer.kernel}: ${chosen} took ${taken} ms, ${fastest} ${least} ms`);
  }
});

test("no form alone serves every layer: each is impossible or more than a tenth slower somewhere", () => {
  for (const isPointwise of [true, false]) {
    const layers = measuredGradients.filter(({ kernel }) => (kernel === 1) === isPointwise);
    for (const form of new Set(layers.flatMap(({ milliseconds }) => Object.keys(milliseconds)))) {
      assert.ok(layers.some(({ milliseconds }) => (milliseconds[form] ?? Infinity) > 1.1 * Math.min(...Object.values(milliseconds))), form);
    }
  }
});
