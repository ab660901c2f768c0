import { InputError, unknownName } from "../../base/index.js";
import type { Measure, MeasureSettings, MeasureSubject, Part } from "./contract.js";
import { measures, type MeasureName } from "./index.js";

const partTitles: Readonly<Record<Part, string>> = {
  region: "a known region",
  model: "the network, asked about the image",
  method: "the method, to be asked again",
  cohort: "the other cases' maps and predictions",
  peers: "maps of the same case by other networks",
};

/**
 * Reads one quality of a map.
 * @returns in the measure's range; which direction is better is in its facts
 * @throws NotFoundError `unknown-measure`; InputError `measure-needs` naming what is missing, `map-values`, `not-estimable`
 */
export async function measureQuality(name: MeasureName, subject: MeasureSubject, settings: MeasureSettings = {}): Promise<number> {
  if (!Object.hasOwn(measures, name)) throw unknownName("measure", name, Object.keys(measures));
  const measure: Measure = measures[name];
  const missing = measure.needs.find((part) => subject[part] === undefined);
  if (missing !== undefined) throw new InputError("measure-needs", `${measure.title}: expected ${partTitles[missing]}, got none. Pass it or choose another measure.`);
  checkMap("map", subject.map);
  if (subject.region !== undefined) checkMap("region", subject.region);
  return measure.measure(subject, settings);
}

/** @throws InputError `map-values` */
function checkMap(what: string, { values, height, width }: MeasureSubject["map"]): void {
  if (values.length !== height * width || values.length === 0) throw new InputError("map-values", `${what}: expected ${height} x ${width} values, got ${values.length}.`);
  const stray = values.find((value) => !Number.isFinite(value));
  if (stray !== undefined) throw new InputError("map-values", `${what}: expected finite values, got ${stray}. See how it was made.`);
}
