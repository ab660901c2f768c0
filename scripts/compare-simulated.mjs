// Compares simulated whole-spine radiographs with real ones: draws docs/images/simulated-*.svg and prints the tables of
// docs/results/simulated-and-real.md. Run after a build:
//   node scripts/compare-simulated.mjs labels.csv [--count 60] [--where series=A] [--other series=B]
// labels.csv lists the real images (columns file and label); no pixel of them is written anywhere.
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { View, parse } from "vega";
import { compile } from "vega-lite";
import { loadDataset } from "../dist/data/index.js";
import { decodeImage, encodePicture, resizeBilinear } from "../dist/images/index.js";
import { makeRadiograph, quantize } from "../dist/phantom/index.js";
import { bandOf, compareCurves } from "../dist/phantom/realism/compare-curves.js";
import { realismMeasures } from "../dist/phantom/realism/index.js";

const { values: options, positionals: [table] } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "60" }, where: { type: "string", default: "series=A" }, other: { type: "string", default: "series=B" }, seed: { type: "string", default: "realism" } },
});
if (table === undefined) throw new Error("compare-simulated: expected the table of real images, got none. Write: node scripts/compare-simulated.mjs labels.csv");

/** All images are measured at this height: spacing is unknown, so that the height is the only common length. */
const height = 640;
const atHeight = ({ pixels, width, height: from }) => {
  const to = { width: Math.round((width * height) / from), height };
  return { pixels: resizeBilinear(pixels, { width, height: from }, to), ...to };
};

const { cases } = await loadDataset(table);

async function readReal(where) {
  const [column, value] = where.split("=");
  return Promise.all(cases.filter(({ fields }) => fields[column] === value).map(async ({ file, label }) => ({ label, image: await decodeImage(file) })));
}

const real = await readReal(options.where);
const other = await readReal(options.other);

// Simulated images have the heights and the mix of classes of the real ones.
const simulated = Array.from({ length: Number(options.count) }, (_, index) => {
  const { label, image } = real[(index * 37) % real.length];
  return makeRadiograph({ seed: options.seed, index, condition: label === "normal" ? "normal" : "scoliosis", view: "whole-spine-ap", size: Math.min(1024, image.height) });
});
const eightBit = simulated.map(({ pixels, width, height: rows }) => ({ data: quantize(pixels, 8), width, height: rows, channels: 1 }));
const asPng = eightBit.map(({ data, ...size }) => ({ ...size, pixels: Float32Array.from(data, (value) => value / 255) }));
const asJpeg = await Promise.all(eightBit.map(async (picture) => decodeImage(await encodePicture(picture, "jpeg"))));

const measureAll = (measure, images) => images.flatMap((image) => {
  try {
    return [measure.measure(atHeight(image))];
  } catch (error) {
    if (error.code === "not-estimable") return [];
    throw error;
  }
});

const number = (value) => Number(value.toPrecision(2)).toString();
const three = ([low, middle, high]) => `${number(middle)} (${number(low)} to ${number(high)})`;
const rows = [];
await mkdir(new URL("../docs/images/", import.meta.url), { recursive: true });
for (const [name, measure] of Object.entries(realismMeasures)) {
  const [a, b, s, j] = [real.map(({ image }) => image), other.map(({ image }) => image), asPng, asJpeg].map((images) => measureAll(measure, images));
  const [own, others, jpeg] = [compareCurves(a, s, measure), compareCurves(a, b, measure), compareCurves(a, j, measure)];
  rows.push({ name, measure, own, others, jpeg, left: s.length });
  await writeFile(new URL(`../docs/images/simulated-${name}.svg`, import.meta.url), await draw(measure, { real: bandOf(a), simulated: bandOf(s) }));
}

console.log(`${real.length} real (${options.where}), ${other.length} others (${options.other}), ${simulated.length} simulated\n`);
console.log("| measure | number | real | simulated | within the real band | distance of the numbers |\n| --- | --- | --- | --- | --- | --- |");
for (const { measure, own } of rows) console.log(`| ${measure.title} | ${measure.number.title} | ${three(own.real)} | ${three(own.simulated)} | ${Math.round(100 * own.covered)} % | ${own.numberDistance.toFixed(2)} |`);
console.log("\n| measure | two real images | real and simulated | two simulated | excess | excess after JPEG | excess of the other real series |\n| --- | --- | --- | --- | --- | --- | --- |");
for (const { measure, own, others, jpeg } of rows) {
  console.log(`| ${measure.title} | ${number(own.withinReal)} | ${number(own.between)} | ${number(own.withinSimulated)} | ${own.excess.toFixed(2)} | ${jpeg.excess.toFixed(2)} | ${others.excess.toFixed(2)} |`);
}

/** Median and 10 to 90 % band of both sets as one SVG. */
async function draw(measure, bands) {
  const round = (value) => Number(value.toPrecision(4));
  const values = Object.entries(bands).flatMap(([images, band]) => band.x.map((x, i) => ({ images, x: round(x), lower: round(band.lower[i]), median: round(band.median[i]), upper: round(band.upper[i]) })));
  const scale = (kind) => (kind === "log" ? { type: "log", nice: false } : { nice: true });
  const color = { field: "images", type: "nominal", title: null, scale: { domain: ["real", "simulated"], range: ["#0072B2", "#D55E00"] }, legend: { orient: "top" } };
  const x = { field: "x", type: "quantitative", title: measure.axes.x, scale: scale(measure.scales.x) };
  const y = (field) => ({ field, type: "quantitative", title: measure.axes.y, scale: scale(measure.scales.y) });
  const spec = {
    background: "white",
    config: { font: "system-ui, sans-serif", view: { stroke: "#cbd2d9" }, axis: { gridColor: "#e4e7eb" } },
    data: { values },
    width: 460,
    height: 260,
    layer: [
      { mark: { type: "area", opacity: 0.22 }, encoding: { x, y: y("lower"), y2: { field: "upper" }, color } },
      { mark: { type: "line", strokeWidth: 2 }, encoding: { x, y: y("median"), color } },
    ],
  };
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg.replace(/<svg /, `<svg role="img" aria-label="${measure.title}: median and 10 to 90 % of real and simulated images" `);
}
