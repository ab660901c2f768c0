import { isEstimate, type StudyResults } from "../results.js";
import { decimal } from "./format.js";
import { counted, foldsPerSeed, listed, seedsOf } from "./methods-text.js";
import { headlineCell } from "../analysis/measure-study.js";

/** Fewer cases of a class than this leave its sensitivity uncertain by more than about ten points each way. */
const smallClass = 100;

/** A calibration slope further from 1 than this is said aloud. */
const slopeTolerance = 0.2;

const sitePattern = /^(site|hospital|center|centre|institution)/i;

/** Sites that the table tells apart; undefined where it says nothing of them. */
function sitesOf({ data }: StudyResults): number | undefined {
  const groups = data.characteristics?.groups ?? [];
  const counts = groups.flatMap(({ columns }) =>
    Object.entries(columns).flatMap(([column, summary]) => (sitePattern.test(column) && summary.kind === "category" ? [Object.keys(summary.counts).length] : [])),
  );
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/** What the data and the design cannot say, each sentence from a fact of this run. */
export function limitsText(results: StudyResults): string[] {
  const { data, cells, recipe, subgroups } = results;
  const [seeds, k, sites] = [seedsOf(results), foldsPerSeed(results), sitesOf(results)];
  const limits: string[] = [];
  const best = headlineCell(cells);
  const small = data.labels.filter((label) => (data.classCounts[label] ?? 0) < smallClass);
  if (small.length > 0) limits.push(`Few cases: ${listed(small.map((label) => `${data.classCounts[label] ?? 0} of ${label}`))}. Differences of a few points between networks cannot be seen with so many.`);
  if (best && isEstimate(best.pooled.accuracy)) {
    const { lower, upper } = best.pooled.accuracy;
    limits.push(`The interval of the highest accuracy is ${Math.round(100 * (upper - lower))} points wide (${decimal(lower)} to ${decimal(upper)}).`);
  }
  if (cells.length > 1) limits.push(`The highest of ${cells.length} accuracies on the same test cases is picked after the fact and is too good on average; only cases kept apart, or nested folds, would tell by how much.`);
  if (results.leaks?.crossing !== undefined) limits.push(`The split leaks: ${counted(results.leaks.crossing.length, "pair")} of one patient or image stand on two sides of it, so that the figures are too good.`);
  if (data.patients === undefined) limits.push("Patients are unknown. If some have several images, training and test share patients and every figure is too good.");
  if (results.split?.kind !== "leave-one-site-out") limits.push(
    sites === undefined
      ? "The table names no site: how the networks do on another hospital's images is unknown."
      : sites < 2
        ? "All images come from one site: how the networks do elsewhere is unknown."
        : `The images come from ${sites} sites that are mixed over the folds: how the networks do at a site they have not seen is unknown.`,
  );
  if (results.external === undefined) limits.push("No external test set: every case comes from the data the networks were trained on.");
  if (k > 1) limits.push(`Cross-validation judges the way of training, by ${counted(k * seeds.length, "network")} per cell, and not one network that could be put to use${results.external === undefined ? "; no set of cases was kept apart from all of them" : ""}.`);
  if (seeds.length === 1) limits.push("One seed: how much the figures change when training is repeated is unknown.");
  limits.push(`Predictive values and the share of right answers depend on how frequent the classes are (${listed(data.labels.map((label) => `${label} ${Math.round((100 * (data.classCounts[label] ?? 0)) / data.cases)} %`))} here); in practice they are not.`);
  const slopes = Object.entries(best?.calibration?.perClass ?? {}).flatMap(([label, { slope }]) => (isEstimate(slope) && Math.abs(slope.estimate - 1) > slopeTolerance ? [`${decimal(slope.estimate, 2)} for ${label}`] : []));
  if (best && slopes.length > 0) limits.push(`The probabilities of ${best.id} are not to be taken at their word: calibration slope ${listed(slopes)} (1 is right). They were not recalibrated.`);
  if (data.setAside.length > 0) limits.push(`${counted(data.setAside.length, "image")} could not be read and ${data.setAside.length === 1 ? "was" : "were"} left out; a network in use would meet such images.`);
  if ((recipe.subgroups ?? []).length === 0) limits.push("No subgroups were asked for: whether some patients fare worse is unknown.");
  const thin = (subgroups ?? []).flatMap(({ column, groups }) => groups.filter(({ n }) => n < 30).map(({ name }) => `${column} ${name}`));
  if (thin.length > 0) limits.push(`Some subgroups hold fewer than 30 predictions (${listed([...new Set(thin)].slice(0, 6))}): they can hide a large difference.`);
  if (data.casesWithRegion === 0) limits.push("No region of interest is known, so clinical relevance of the maps was not measured.");
  else if (data.casesWithRegion < data.cases) limits.push(`A region of interest is known for ${data.casesWithRegion} of ${data.cases} cases; clinical relevance was measured on those alone.`);
  limits.push("A heat map shows where evidence lies, not why; a map inside the region is no proof of sound reasoning.", "The labels were taken as the truth. How they came about, and how often readers agree on them, is for the authors to say.");
  return limits;
}
