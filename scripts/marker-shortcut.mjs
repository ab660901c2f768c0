// The marker experiment of docs/results/marker-shortcut.md: networks trained on simulated radiographs whose side marker
// follows the label, tested on images without it. Run after a build:
//   node scripts/marker-shortcut.mjs FOLDER [--seeds 1,2,3,4,5] [--strengths 0,1]
// A run that was stopped goes on where it was when the same folder is named again.
import { parseArgs } from "node:util";
import { runMarkerExperiment } from "../dist/study/marker-experiment.testkit.js";

const { values: options, positionals: [folder] } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "1,2,3,4,5" }, strengths: { type: "string", default: "0,1" } },
});
if (folder === undefined) throw new Error("marker-shortcut: expected a folder for the images, got none. Write: node scripts/marker-shortcut.mjs FOLDER");

const interval = ({ estimate, lower, upper }) => `${estimate.toFixed(3)} (${lower.toFixed(3)} to ${upper.toFixed(3)})`;
console.log("| marker tied | seed | no marker | marker says the truth | marker lies | map on the marker | map on the spine (even: share of the image) |");
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const strength of options.strengths.split(",").map(Number)) {
  for (const seed of options.seeds.split(",").map(Number)) {
    const { unmarked, agreeing, lying, onMarker, onSpine, spineShare } = await runMarkerExperiment({ folder, seed, strength, onNote: (note) => console.error(note) });
    console.log(`| ${strength} | ${seed} | ${interval(unmarked)} | ${interval(agreeing)} | ${interval(lying)} | ${onMarker.toFixed(3)} | ${onSpine.toFixed(3)} (${spineShare.toFixed(3)}) |`);
  }
}
