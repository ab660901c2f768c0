// Grouped stratified folds against scikit-learn's StratifiedGroupKFold on 1,000 random problems.
// Run after `npm run build`: node scripts/compare-group-folds.mjs [problems] [folder of the build] [python]
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [count = "1000", build = "dist", python = "python3"] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(path.resolve(build, "data/splits", file)).href);
const { measureFolds, randomGroupProblem } = await load("problems.testkit.js");
const { stratifiedGroupKFold } = await load("stratified-group-k-fold.js");

const reference = `
import json, sys, warnings
import numpy as np, sklearn
from sklearn.model_selection import StratifiedGroupKFold
warnings.simplefilter("ignore")
out = []
for problem in json.load(sys.stdin):
    y, g, k = np.array(problem["labels"]), np.array(problem["patients"]), problem["folds"]
    runs = []
    for options in [{}] + [{"shuffle": True, "random_state": s} for s in range(1)]:
        fold = np.empty(len(y), int)
        for f, (_, test) in enumerate(StratifiedGroupKFold(k, **options).split(y, y, g)): fold[test] = f
        runs.append(fold.tolist())
    out.append(runs)
json.dump({"version": sklearn.__version__, "folds": out}, sys.stdout)
`;
const problems = Array.from({ length: Number(count) }, (_, i) => randomGroupProblem(i));
const input = JSON.stringify(problems.map(({ labels, patients, folds }) => ({ labels, patients, folds })));
const { version, folds: theirs } = JSON.parse(execFileSync(python, ["-c", reference], { input, maxBuffer: 2 ** 30 }));

const names = ["spread", "imbalance", "worstShare"];
const wins = Object.fromEntries(names.map((name) => [name, 0]));
const winsOverBest = { ...wins };
const stored = [];
let refused = 0;
let milliseconds = 0;
problems.forEach((problem, p) => {
  const started = performance.now();
  const foldOf = problem.labels.map(() => -1);
  try {
    stratifiedGroupKFold(problem.cases, { folds: problem.folds, seed: 1 }).forEach(({ test }, f) => test.forEach((i) => (foldOf[i] = f)));
  } catch (error) {
    refused += 1;
    console.error(p, error.message);
    return;
  }
  milliseconds += performance.now() - started;
  const ours = measureFolds(problem, foldOf);
  const runs = theirs[p].map((folds) => measureFolds(problem, folds));
  stored.push(Object.fromEntries(names.map((name) => [name, Number(runs[0][name].toPrecision(10))])));
  for (const name of names) {
    if (ours[name] <= runs[0][name] + 1e-9) wins[name] += 1;
    if (ours[name] <= Math.min(...runs.map((run) => run[name])) + 1e-9) winsOverBest[name] += 1;
  }
});
console.log(`scikit-learn ${version}, ${problems.length} problems, ${refused} refused, ${(milliseconds / problems.length).toFixed(1)} ms each`);
for (const name of names) console.log(`${name}: at least as balanced in ${wins[name]}; as the better of its two orders in ${winsOverBest[name]}`);
writeFileSync("test/fixtures/data/group-folds.json", `${JSON.stringify({ source: `scikit-learn ${version}, StratifiedGroupKFold(shuffle=False)`, script: "scripts/compare-group-folds.mjs", problems: stored.map((one) => names.map((name) => one[name])), columns: names })}\n`);
