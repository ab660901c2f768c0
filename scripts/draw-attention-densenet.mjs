// Draws docs/images/attention-densenet.svg: the parts that DenseNet-121 gets, with shapes at 224 pixels.
//     node scripts/draw-attention-densenet.mjs
import { writeFileSync } from "node:fs";

const parts = [];
const text = (x, y, words, { size = 12, anchor = "middle", fill = "#1b2530", weight = "normal" } = {}) =>
  parts.push(`<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${fill}" font-weight="${weight}">${words}</text>`);
const box = (x, y, width, lines, { fill = "#e8eef5", height = 18 + 15 * lines.length, stroke = "#51667c" } = {}) => {
  parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" fill="${fill}" stroke="${stroke}"/>`);
  lines.forEach((line, i) => text(x + width / 2, y + 20 + 15 * i, line, { weight: i === 0 ? "bold" : "normal" }));
  return { left: [x, y + height / 2], right: [x + width, y + height / 2], top: [x + width / 2, y], bottom: [x + width / 2, y + height] };
};
const arrow = (...points) =>
  parts.push(`<polyline points="${points.map((p) => p.join(",")).join(" ")}" fill="none" stroke="#51667c" stroke-width="1.5" marker-end="url(#tip)"/>`);
const plus = (x, y) => {
  parts.push(`<circle cx="${x}" cy="${y}" r="12" fill="#fff" stroke="#51667c" stroke-width="1.5"/>`);
  text(x, y + 5, "+", { size: 17 });
};
const group = (x, y, width, height, name, fill) => {
  parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${fill}" stroke="#9fb0c2" stroke-dasharray="5 4"/>`);
  text(x + 10, y + 18, name, { anchor: "start", weight: "bold", fill: "#3c5064" });
};

const wide = 1080;
const high = 560;

group(10, 10, 1060, 92, "DenseNet-121, as published", "#f6f8fa");
const image = box(24, 38, 90, ["image", "3 x 224 x 224"]);
const stem = box(144, 38, 110, ["stem, block 1", "128 x 28 x 28"]);
const second = box(324, 38, 130, ["dense block 2", "512 x 28 x 28"]);
const third = box(524, 38, 130, ["dense block 3", "1024 x 14 x 14"]);
const fourth = box(724, 38, 130, ["dense block 4", "1024 x 7 x 7"]);
arrow(image.right, stem.left);
arrow(stem.right, second.left);
arrow(second.right, third.left);
arrow(third.right, fourth.left);
text(489, 60, "transition", { size: 11, fill: "#51667c" });
text(689, 60, "transition", { size: 11, fill: "#51667c" });

group(10, 118, 1060, 250, "multiscale", "#eef6ef");
const halved = box(324, 146, 130, ["mean of 2 x 2", "512 x 14 x 14"]);
const same = box(524, 146, 130, ["as it is", "1024 x 14 x 14"]);
const doubled = box(724, 146, 130, ["ReLU, doubled", "1024 x 14 x 14"]);
arrow(second.bottom, halved.top);
arrow(third.bottom, same.top);
arrow(fourth.bottom, doubled.top);
box(324, 226, 530, ["side by side: 2560 x 14 x 14"], { height: 30 });
for (const part of [halved, same, doubled]) arrow(part.bottom, [part.bottom[0], 226]);
const first = box(40, 302, 180, ["norm, ReLU, 1 x 1", "256 x 14 x 14"], { fill: "#dcecdd" });
const smooth = box(250, 302, 180, ["norm, ReLU, 3 x 3", "256 x 14 x 14"], { fill: "#dcecdd" });
const back = box(460, 302, 220, ["norm, ReLU, 1 x 1: 0 at first", "1024 x 14 x 14"], { fill: "#dcecdd" });
arrow([324, 241], [130, 241], first.top);
arrow(first.right, smooth.left);
arrow(smooth.right, back.left);
plus(790, 326);
arrow(back.right, [777, 326]);
arrow([854, 178], [920, 178], [920, 290], [790, 290], [790, 313]);
text(926, 236, "the last map itself", { size: 11, anchor: "start", fill: "#51667c" });

group(10, 384, 840, 166, "attention", "#f5eff7");
const query = box(590, 402, 120, ["1 x 1, query", "128 x 196"], { fill: "#eadff0" });
const key = box(590, 452, 120, ["1 x 1, key", "128 x 196"], { fill: "#eadff0" });
const value = box(590, 502, 120, ["1 x 1, value", "512 x 196"], { fill: "#eadff0", height: 42 });
parts.push(`<polyline points="790,338 790,523" fill="none" stroke="#51667c" stroke-width="1.5"/>`);
for (const part of [query, key, value]) arrow([790, part.right[1]], part.right);
const weights = box(380, 427, 150, ["softmax", "196 x 196"], { fill: "#eadff0" });
arrow(query.left, [weights.right[0], 440]);
arrow(key.left, [weights.right[0], 464]);
const seen = box(210, 470, 130, ["weighted values", "512 x 14 x 14"], { fill: "#eadff0" });
arrow([455, 475], [455, 485], [340, 485]);
arrow(value.left, [340, 505]);
const project = box(30, 470, 150, ["1 x 1, times gamma:", "0 at first, 1024"], { fill: "#eadff0" });
arrow(seen.left, project.right);
plus(905, 434);
arrow([790, 352], [905, 352], [905, 421]);
parts.push(`<polyline points="105,470 105,412 560,412 560,396 870,396 870,434" fill="none" stroke="#51667c" stroke-width="1.5"/>`);
arrow([870, 434], [892, 434]);
const mean = box(866, 462, 78, ["mean", "1024"]);
const head = box(976, 462, 84, ["linear", "classes"]);
arrow([905, 446], mean.top);
arrow(mean.right, head.left);

writeFileSync(
  new URL("../docs/images/attention-densenet.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" font-family="Helvetica, Arial, sans-serif">
<title>DenseNet-121 with several scales and self-attention</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#51667c"/></marker></defs>
<rect width="${wide}" height="${high}" fill="#fff"/>
${parts.join("\n")}
</svg>
`,
);
