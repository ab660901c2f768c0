import type { DiscMriTruth } from "../mri/disc-mri.js";
import type { RadiographTruth } from "../radiograph.js";
import type { PlannedImage } from "./case-recipe.js";
import { discName } from "./outline-labels.js";
import { views } from "./views.js";

/** What a person is to recognize on a radiograph, by lines: view and posture; condition with level; grade and measures; the rest. */
export function captionOfRadiograph(truth: RadiographTruth, planned: PlannedImage): string[][] {
  const { view, posture, label, level, grade, cobb, slips, curveType, parameters } = truth;
  const measures: string[] = grade === "none" || grade === "" ? [] : [grade];
  const slip = slips.find((one) => one.level === level) ?? [...slips].sort((a, b) => Math.abs(b.slipMm) - Math.abs(a.slipMm))[0];
  if (curveType !== "none") measures.push(curveType.replaceAll("-", " "));
  // A lumbar view may leave an end of the curve out.
  const inView = view.startsWith("whole") || [cobb.upperEnd, cobb.lowerEnd].every((end) => end.startsWith("L") || end === "T12");
  if (view.endsWith("ap") && (inView || label === "scoliosis")) measures.push(`Cobb ${cobb.angleDeg.toFixed(0)}° ${cobb.upperEnd}-${cobb.lowerEnd}`);
  else if (view.endsWith("lateral") && slip !== undefined && /^(normal|spondylo|.*-spondylolisthesis)/.test(label)) measures.push(`slip ${slip.slipMm.toFixed(1)} mm at ${slip.level}`);
  return [
    [posture === "neutral" ? views[view].title : `${views[view].title}, ${posture}`],
    [`${label.replaceAll("-", " ")}${level === undefined ? "" : ` ${level}`}`],
    measures,
    [`${parameters.subject.ageYears} years, ${parameters.subject.sex}`, ...remarks(planned)],
  ];
}

/** The same of a slice. */
export function captionOfMri(truth: DiscMriTruth, planned: PlannedImage): string[][] {
  const disc = truth.discs.find(({ level }) => level === truth.level)!;
  const { ageYears, sex } = truth.parameters.subject;
  const reach = disc.herniationMm > 0 ? [`herniation ${disc.herniationMm.toFixed(1)} mm`] : truth.label === "bulge" ? [`bulge ${disc.bulgeMm.toFixed(1)} mm`] : [];
  return [
    [`${views["disc-mri"].title}, ${truth.sequence.toUpperCase()}`],
    [`${truth.label} ${discName(truth.level)}`],
    [`Pfirrmann ${disc.pfirrmann}`, ...reach, `canal ${disc.canalMm.toFixed(1)} mm`],
    [`${ageYears} years, ${sex}`, ...remarks(planned)],
  ];
}

/** What an experiment did to the image. */
function remarks({ label, trueLabel, hospital, duplicateOf, split }: PlannedImage): string[] {
  return [
    ...(label === trueLabel ? [] : [`labelled ${label}`]),
    ...(hospital === "" ? [] : [/\d/.test(hospital) ? hospital : `hospital ${hospital}`]),
    ...(split === "" ? [] : [split]),
    ...(duplicateOf === "" ? [] : [`copy of ${duplicateOf}`]),
  ];
}
