import type { Estimate } from "../../stats/index.js";
import type { CellResult, ClassCalibration, Comparison, ExampleCase, Performance, StudyResults } from "../results.js";

/** A figure with a plausible interval; the numbers of this file are made up and only fill the page. */
export function sampleEstimate(estimate: number, n = 109): Estimate {
  return { estimate, lower: estimate - 0.06, upper: Math.min(1, estimate + 0.04), level: 0.95, method: "Wilson", n };
}

export function samplePerformance(accuracy: number, labels: readonly string[]): Performance {
  const metrics = { precision: sampleEstimate(accuracy), recall: sampleEstimate(accuracy), specificity: sampleEstimate(accuracy), f1: sampleEstimate(accuracy), auc: sampleEstimate(accuracy) };
  return {
    cases: 109,
    accuracy: sampleEstimate(accuracy),
    macro: metrics,
    perClass: Object.fromEntries(labels.map((label) => [label, metrics])),
    confusion: labels.map((_, i) => labels.map((__, j) => (i === j ? 50 : 4))),
    roc: Object.fromEntries(labels.map((label) => [label, [{ falsePositiveRate: 0, truePositiveRate: 0 }, { falsePositiveRate: 0.1, truePositiveRate: accuracy }, { falsePositiveRate: 1, truePositiveRate: 1 }]])),
  };
}

function sampleCalibration(): ClassCalibration {
  return {
    bins: [0.1, 0.5, 0.9].map((at) => ({ from: at - 0.05, to: at + 0.05, n: 30, meanProbability: at, observed: sampleEstimate(at, 30) })),
    expectedError: sampleEstimate(0.06),
    largestError: sampleEstimate(0.2),
    brier: sampleEstimate(0.15),
    intercept: sampleEstimate(-0.1),
    slope: sampleEstimate(0.7),
    jointP: 0.04,
  };
}

export function sampleCell(network: string, row: string, accuracy: number, labels: readonly string[]): CellResult {
  const performance = samplePerformance(accuracy, labels);
  const history = Array.from({ length: 10 }, (_, i) => ({ epoch: i + 1, learningRate: 0.001, loss: Math.exp(-i / 3), accuracy: 0.9, validationLoss: Math.exp(-i / 4) + 0.1 }));
  return {
    id: `${network}/${row}`,
    network,
    row,
    regime: row,
    parameters: { total: 2_226_434, trained: row === "feature-extraction" ? 2562 : 2_226_434 },
    startWeights: { source: row === "scratch" ? "random" : "mobilenet_v2.safetensors" },
    settings: { epochs: 10, optimizer: { name: "adamw", learningRate: 0.001 }, batchSize: 16 },
    folds: [1, 2].map((fold) => ({ seed: 1, fold, counts: { train: 78, validation: 9, test: 22 }, performance, history, bestEpoch: 8, stoppedEarly: false, seconds: 12.3, weightsSha256: "ab".repeat(32) })),
    pooled: performance,
    calibration: { brier: sampleEstimate(0.2), perClass: Object.fromEntries(labels.slice(1).map((label) => [label, sampleCalibration()])) },
    decisions: Object.fromEntries(labels.slice(1).map((label) => [label, [0.2, 0.5, 0.8].map((threshold) => ({ threshold, model: sampleEstimate(0.4 - threshold / 3), treatAll: sampleEstimate(0.4 - threshold), gainOverAll: { notEstimable: "all values are equal" } }))])),
    overFolds: { accuracy: { mean: accuracy, standardDeviation: 0.03, folds: 5 }, f1: { mean: accuracy, standardDeviation: 0.03, folds: 5 }, auc: { notEstimable: "one fold has one class only" } },
    accuracyBySeed: [{ seed: 1, accuracy }],
    relevance: { ...sampleEstimate(accuracy - 0.4), regionShareOfImage: 0.13 },
    seconds: 75.1,
  };
}

function sampleCharacteristics(labels: readonly string[]): NonNullable<StudyResults["data"]["characteristics"]> {
  const group = (label?: string) => ({
    part: "all",
    ...(label !== undefined && { label }),
    images: 54,
    patients: 45,
    columns: {
      age: { kind: "number" as const, n: 44, missing: 1, mean: 41.2, standardDeviation: 12, median: 40, quartiles: [30, 50] as const, range: [18, 80] as const },
      sex: { kind: "category" as const, n: 45, missing: 0, counts: { F: 25, M: 20 } },
    },
  });
  return { columns: { age: "patients", sex: "images" }, groups: [group(), ...labels.map(group)] };
}

/** A whole study with every part of the page filled. */
export function sampleResults(labels: readonly string[] = ["normal", "scoliosis"]): StudyResults {
  const cells = ["mobilenet_v2", "resnet50"].flatMap((network, i) =>
    ["scratch", "feature-extraction", "fine-tuning"].map((row, j) => sampleCell(network, row, 0.7 + 0.1 * j + 0.02 * i, labels)),
  );
  const pairs = cells.flatMap((a, i) => cells.slice(i + 1).map((b) => [a, b] as const));
  const comparisons: Comparison[] = pairs.map(([a, b]) => ({ a: a.id, b: b.id, cases: 109, onlyA: 3, onlyB: 14, pValue: 0.0127, pAdjusted: 0.0635, difference: { ...sampleEstimate(-0.1), lower: -0.18, upper: -0.02 }, method: "exact McNemar", relevanceDifference: sampleEstimate(-0.03), relevanceTest: { p: 0.2, pAdjusted: 0.8, method: "permutation" } }));
  return {
    format: 1,
    study: { name: "spine-abnormality", title: "Can the decision be trusted?", question: "Which network and training regime tells scoliosis from normal, and does it look at the spine?" },
    software: { osteon: "0.1.0", node: "20.20.2", runtime: "onnxruntime 1.30.0", platform: "linux x64", threads: 2 },
    recipe: { study: "spine-abnormality", networks: ["mobilenet_v2", "resnet50"], regimes: { scratch: null, "feature-extraction": null, "fine-tuning": null } },
    recipeSha256: "cd".repeat(32),
    data: { source: "labels.csv", sha256: "ef".repeat(32), where: { series: "A" }, found: 170, filteredOut: 61, setAside: [{ file: "normal/broken.jpg", reason: "truncated JPEG" }], cases: 108, labels, classCounts: Object.fromEntries(labels.map((label) => [label, 54])), casesWithRegion: 108, patients: 90, characteristics: sampleCharacteristics(labels) },
    folds: [1, 2, 3, 4, 5].map((fold) => ({ seed: 1, fold, testCounts: Object.fromEntries(labels.map((label) => [label, 11])), train: 78, validation: 9, test: 22 })),
    level: 0.95,
    cells,
    comparisons,
    subgroups: cells.map(({ id }) => ({
      column: "sex",
      cell: id,
      measure: "accuracy",
      missing: 3,
      groups: ["F", "M"].map((name) => ({ name, n: 20, figure: sampleEstimate(0.8, 20) })),
      interaction: { p: 0.4, pAdjusted: 1, method: "Pearson chi-square" },
      worst: { name: "M", figure: sampleEstimate(0.8, 20) },
    })),
    failures: { cell: cells.at(-1)!.id, tested: 108, cases: [{ case: "a.png", label: labels[0]!, predicted: labels[1]!, probability: 0.93, wrongCells: 2 }] },
    notEstimable: [{ what: "mobilenet_v2/scratch, fold 2, AUC of scoliosis", reason: "no case of the class in the fold" }],
    warnings: ["The table names no patients: every image was taken for a patient of its own."],
    seconds: 423,
    reproduce: { command: "osteon study run spine-abnormality.yaml --data labels.csv --where series=A", files: { "mobilenet_v2.safetensors": "01".repeat(32) } },
  };
}

const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

export function sampleExamples(): ExampleCase[] {
  return ["a.png", "b.png"].map((name) => ({
    case: name,
    label: "scoliosis",
    seed: 1,
    image: pixel,
    regionImage: pixel,
    cells: ["mobilenet_v2/scratch", "resnet50/fine-tuning"].map((cell, i) => ({ cell, predicted: i === 0 ? "normal" : "scoliosis", probability: 0.87, correct: i === 1, relevance: 0.4, overlay: i === 0 ? undefined : pixel })),
  }));
}
