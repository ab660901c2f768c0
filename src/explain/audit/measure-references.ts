import { averagePrecision } from "../quality/average-precision.js";
import { relevanceMass } from "../quality/relevance-mass.js";
import type { HeatMap } from "../upsample.js";
import { contrastOf } from "./contrast.js";
import type { OpenAudit } from "./open-audit.js";
import { contrastPasses } from "./plan-audit.js";
import { edgeReference, evenReference, randomReference } from "./reference-maps.js";

export interface ReferenceReadings {
  readonly averagePrecision: readonly (number | undefined)[];
  readonly relevanceMass: readonly (number | undefined)[];
  readonly contrast: readonly number[];
}

export type References = Readonly<Record<"random" | "even" | "edges", ReferenceReadings>>;

/** Readings of maps that were made without asking the network. */
export async function measureReferences(audit: OpenAudit, spend: (forward: number) => void): Promise<References> {
  const readings = { random: empty(), even: empty(), edges: empty() };
  for (const [i, one] of audit.cases.entries()) {
    const asked = await audit.ask(i);
    const { height, width, image } = asked.model;
    const maps = { random: randomReference(asked.model, audit.seed, one.id), edges: edgeReference(image, { height, width }), even: evenReference(asked.model) };
    const [random, edges] = await contrastOf(asked.model, [maps.random, maps.edges], { seed: audit.seed, blank: asked.blank });
    spend(contrastPasses(2));
    for (const name of ["random", "even", "edges"] as const) {
      readings[name].averagePrecision.push(localized(maps[name], one.region));
      readings[name].relevanceMass.push(one.region && relevanceMass(maps[name], one.region));
    }
    readings.random.contrast.push(random!);
    readings.edges.contrast.push(edges!);
    // An even map has no order; the expectation over random orders is that of a random map.
    readings.even.contrast.push(0);
  }
  return readings;
}

const empty = () => ({ averagePrecision: [] as (number | undefined)[], relevanceMass: [] as (number | undefined)[], contrast: [] as number[] });

function localized(map: HeatMap, region: HeatMap | undefined): number | undefined {
  return region && (averagePrecision.measure({ map, region }, {}) as number);
}
