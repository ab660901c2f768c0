import { InputError, UnsupportedError } from "../../base/index.js";
import { isMeasureOfMap, measures, type MeasureName } from "../quality/index.js";
import { addNoise } from "../quality/consistency.js";
import type { Measure, MeasureSubject } from "../quality/contract.js";
import { measureQuality } from "../quality/measure-quality.js";
import { openProbe } from "../quality/method-probe.js";
import { aligned, moveImage, type Motion } from "../quality/move-image.js";
import { cascadeOf, randomizeWeights } from "../quality/randomize-weights.js";
import { comparable, similarityOf } from "../quality/similarity.js";
import type { MethodName } from "../methods/index.js";
import type { HeatMap } from "../upsample.js";
import { changeEach, classMaps } from "./class-maps.js";
import { contrastOf } from "./contrast.js";
import type { AuditedModel, CaseReadings, Similarities } from "./contract.js";
import type { OpenAudit } from "./open-audit.js";
import { contrastPasses, draws, halfDraws, halfDrawsPerCase, type MapPasses } from "./plan-audit.js";
import { rolled } from "./reference-maps.js";

export interface MeasureMethodOptions {
  readonly peers: readonly AuditedModel[];
  readonly further: readonly MeasureName[];
  readonly perMap: MapPasses;
  readonly spend: (part: MapPasses) => void;
}

export interface MeasuredMethod {
  readonly readings: readonly CaseReadings[];
  /** By measure, one per case; undefined where it is not estimable. */
  readonly further: Readonly<Partial<Record<MeasureName, readonly (number | undefined)[]>>>;
  readonly maps: readonly HeatMap[];
}

const isEmpty = ({ values }: HeatMap): boolean => values.every((value) => value === 0);

/** Everything an audit reads of one method. */
export async function measureMethod(audit: OpenAudit, method: MethodName, { peers, further, perMap, spend }: MeasureMethodOptions): Promise<MeasuredMethod> {
  const { subject, cases, predicted, seed, engine, signal } = audit;
  const onMaps = (count: number) => spend({ forward: perMap.forward * count, backward: perMap.backward * count });
  const make = (model: Pick<AuditedModel, "network" | "weights" | "read">, classes: readonly number[] = predicted, draw = seed) => classMaps(model, method, classes, { engine, signal, seed: draw, onMaps });
  const maps = await make(subject);
  const frames = maps.map((map) => comparable(map));
  const alike = async (weights: AuditedModel["weights"], indices: readonly number[]): Promise<Similarities[]> => {
    const others = await make({ ...subject, weights, read: (some) => subject.read(some.map((k) => indices[k]!)) }, indices.map((i) => predicted[i]!));
    return others.map((other, k) => ({ rank: similarityOf(frames[indices[k]!]!, other, "rank"), ssim: similarityOf(frames[indices[k]!]!, other, "ssim") }));
  };

  const randomized = await overStages(subject, { seed, cases: cases.length }, alike);
  const steady = await steadiness(audit, method, maps, make);
  const others = await overPeers(audit, peers, frames, (peer, classes) => make(peer, classes));
  const contrasts: (readonly number[])[] = [];
  for (const [i, map] of maps.entries()) {
    const { model, blank } = await audit.ask(i);
    contrasts.push(await contrastOf(model, [map, rolled(map, seed, cases[i]!.id)], { seed, blank }));
    spend({ forward: contrastPasses(2), backward: 0 });
  }

  const readings = cases.map((one, i): CaseReadings => {
    const map = maps[i]!;
    const empty = isEmpty(map);
    return {
      case: one.id,
      method,
      predicted: subject.labels[predicted[i]!]!,
      ...(one.label !== undefined && { correct: subject.labels[predicted[i]!] === one.label }),
      empty,
      ...localization(map, one.region, empty),
      contrast: contrasts[i]![0]!,
      contrastRolled: contrasts[i]![1]!,
      randomized: { head: randomized.head[i]!, half: randomized.half[i]!, all: randomized.all[i]! },
      steady: steady[i]!,
      ...(others.repeated && { repeated: others.repeated[i]! }),
      ...(others.reproduced && { reproduced: others.reproduced[i]! }),
    };
  });
  return { readings, further: await furtherReadings(audit, method, maps, further), maps };
}

/** A map without evidence says no more than an even one: it gets the region's share. */
function localization(map: HeatMap, region: HeatMap | undefined, empty: boolean): Pick<CaseReadings, "averagePrecision" | "relevanceMass"> {
  if (region === undefined) return {};
  const read = empty || map.values.every((value) => value <= 0) ? { values: new Float32Array([1]), height: 1, width: 1 } : map;
  const subject = { map: read, region };
  return { averagePrecision: measures["average-precision"].measure(subject, {}) as number, relevanceMass: measures["relevance-mass"].measure(subject, {}) as number };
}

/**
 * Readings for the network with its head, the upper half of its stages, and all of them random. Of the half, on which the verdict
 * rests, several draws, of which each case has some: the map of one random network may be like anything by chance, and alike for
 * all cases; so the spread over cases holds that over draws.
 */
async function overStages(
  { network, weights }: AuditedModel,
  { seed, cases }: { readonly seed: number; readonly cases: number },
  work: (weights: ReturnType<typeof randomizeWeights>, indices: readonly number[]) => Promise<Similarities[]>,
): Promise<Record<"head" | "half" | "all", Similarities[]>> {
  const cascade = cascadeOf(network.stages.map(({ name }) => name));
  if (cascade.length === 0) throw new InputError("no-stages", `${network.architecture}: expected a network with stages to randomize, got one without. Open it as a classifier first.`);
  const all = Array.from({ length: cases }, (_, i) => i);
  const of = (stages: readonly string[], indices = all, draw = 0) => work(randomizeWeights(network, weights, { stages, seed: seed + 1000 * draw }), indices);
  const half = Array.from({ length: cases }, () => ({ rank: 0, ssim: 0 }));
  for (let draw = 0; draw < halfDraws; draw++) {
    const indices = all.filter((i) => (i - draw + halfDraws) % halfDraws < halfDrawsPerCase);
    (await of(cascade[Math.ceil(cascade.length / 2) - 1]!, indices, draw)).forEach(({ rank, ssim }, k) => {
      half[indices[k]!]!.rank += rank / halfDrawsPerCase;
      half[indices[k]!]!.ssim += ssim / halfDrawsPerCase;
    });
  }
  return { head: await of(cascade[0]!), half, all: await of(cascade.at(-1)!) };
}

/** Share of the side and degrees by which images are moved, and noise as a share of their range. */
const motionShare = 0.02;
const motionDeg = 2;
const noiseShare = 0.02;

async function steadiness(
  { subject, predicted, cases, seed }: OpenAudit,
  method: MethodName,
  maps: readonly HeatMap[],
  make: (model: Pick<AuditedModel, "network" | "weights" | "read">, classes?: readonly number[], draw?: number) => Promise<HeatMap[]>,
): Promise<number[]> {
  const { inputSize } = subject.network;
  const shift = motionShare * inputSize;
  const motion: Motion = { angleDeg: motionDeg, shiftPx: [shift, -shift] };
  const moving = { ...subject, read: async (indices: readonly number[]) => {
    const images = await subject.read(indices);
    const [, channels, height, width] = images.shape as [number, number, number, number];
    return changeEach(images, (image) => moveImage(image, { channels, height, width }, motion));
  } };
  const noisy = { ...subject, read: async (indices: readonly number[]) => changeEach(await subject.read(indices), (image, n) => addNoise(image, 1, noiseShare, seed + indices[n]!)) };
  const extent = { height: inputSize, width: inputSize };
  const moved = (await make(moving)).map((map, i) => similarityOf(...aligned(maps[i]!, map, motion, extent), "rank"));
  const stirred = (await make(noisy)).map((map, i) => similarityOf(maps[i]!, map, "rank"));
  const redrawn = draws(method) ? (await make(subject, predicted, seed + 1)).map((map, i) => similarityOf(maps[i]!, map, "rank")) : undefined;
  return cases.map((_, i) => (moved[i]! + stirred[i]! + (redrawn?.[i] ?? 0)) / (redrawn ? 3 : 2));
}

type Compared = readonly (Similarities & { readonly chance: number })[];

/** Likeness to the maps of other networks, and to their maps of another case: the next one of another patient. */
async function overPeers(
  { subject, cases, predicted }: OpenAudit,
  peers: readonly AuditedModel[],
  frames: readonly HeatMap[],
  make: (peer: AuditedModel, classes: readonly number[]) => Promise<HeatMap[]>,
): Promise<{ repeated?: Compared; reproduced?: Compared }> {
  const found = { repeated: [] as Compared[], reproduced: [] as Compared[] };
  const other = cases.map((one, i) => {
    for (let step = 1; step < cases.length; step++) {
      const next = cases[(i + step) % cases.length]!;
      if (next.patient === undefined || next.patient !== one.patient) return (i + step) % cases.length;
    }
    return i;
  });
  for (const peer of peers) {
    const index = subject.labels.map((label) => peer.labels.indexOf(label));
    if (index.includes(-1)) throw new InputError("audit-labels", `${peer.name}: expected the labels ${subject.labels.join(", ")}, got ${peer.labels.join(", ")}. Compare networks of one task.`);
    const made = await make(peer, predicted.map((k) => index[k]!)).catch((error: unknown) => {
      // The other network's parts rule the method out: there is no map to compare with.
      if (error instanceof UnsupportedError) return undefined;
      throw error;
    });
    if (made === undefined) continue;
    const maps = made.map((map) => comparable(map));
    const compared = frames.map((frame, i) => ({ rank: similarityOf(frame, maps[i]!, "rank"), ssim: similarityOf(frame, maps[i]!, "ssim"), chance: similarityOf(frame, maps[other[i]!]!, "rank") }));
    found[peer.architecture === subject.architecture ? "repeated" : "reproduced"].push(compared);
  }
  const mean = (list: readonly Compared[]): Compared => cases.map((_, i) => {
    const of = (pick: (one: Compared[number]) => number) => list.reduce((sum, one) => sum + pick(one[i]!), 0) / list.length;
    return { rank: of(({ rank }) => rank), ssim: of(({ ssim }) => ssim), chance: of(({ chance }) => chance) };
  });
  return { ...(found.repeated.length > 0 && { repeated: mean(found.repeated) }), ...(found.reproduced.length > 0 && { reproduced: mean(found.reproduced) }) };
}

/** Measures of the map alone for every case, and those asked for, with sessions kept for one class at a time. */
async function furtherReadings(audit: OpenAudit, method: MethodName, maps: readonly HeatMap[], further: readonly MeasureName[]): Promise<MeasuredMethod["further"]> {
  const names = [...new Set([...(Object.keys(measures) as MeasureName[]).filter(isMeasureOfMap), ...further])];
  const readings: Record<string, (number | undefined)[]> = Object.fromEntries(names.map((name) => [name, maps.map(() => undefined)]));
  const cohort = maps.map((map, i) => ({ map, predicted: audit.predicted[i]! }));
  const asksMethod = names.some((name) => {
    const { needs }: Measure = measures[name];
    return needs.includes("method");
  });
  for (const index of new Set(audit.predicted)) {
    const probe = asksMethod ? openProbe(audit.subject.network, audit.subject.weights, method, { class: index, seed: audit.seed, ...(audit.engine && { engine: audit.engine }) }) : undefined;
    try {
      for (const [i, map] of maps.entries()) {
        if (audit.predicted[i] !== index) continue;
        const { region } = audit.cases[i]!;
        const { model } = await audit.ask(i);
        const subject: MeasureSubject = {
          map, model, cohort: { predicted: index, others: cohort.filter((_, at) => at !== i) },
          ...(region && { region }), ...(probe && { method: probe }),
        };
        for (const name of names) readings[name]![i] = await readingOf(name, subject, audit.seed);
      }
    } finally {
      await probe?.release();
    }
  }
  return readings;
}

/** A reading, or undefined where the case does not allow one. */
async function readingOf(name: MeasureName, subject: MeasureSubject, seed: number): Promise<number | undefined> {
  try {
    return await measureQuality(name, subject, { seed });
  } catch (error) {
    if (error instanceof InputError && (error.code === "not-estimable" || error.code === "measure-needs")) return undefined;
    throw error;
  }
}
