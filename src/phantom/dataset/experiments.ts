import { InputError, seededRandom, unknownName, type Random } from "../../base/index.js";
import { sampleAcquisition } from "../acquisition/style.js";
import type { DiscMriOptions } from "../mri/disc-mri.js";
import type { RadiographOptions } from "../radiograph.js";
import type { PlannedContent, SimulatedReader } from "./case-recipe.js";

interface ShortcutFacts {
  readonly summary: string;
  /** What kinds of image can carry it. */
  readonly kinds: readonly PlannedContent["kind"][];
}

/** What can be made to follow the label: a shortcut for a network to fall for. On for every class but the first. */
export const shortcuts = {
  marker: { summary: "a lead R near the top; none for the first class", kinds: ["radiograph"] },
  aspect: { summary: "wide images; narrow ones for the first class", kinds: ["radiograph"] },
  collimation: { summary: "dark margins of the collimator; none for the first class", kinds: ["radiograph"] },
  noise: { summary: "a hundredth of the dose, or an MRI of much noise; little for the first class", kinds: ["radiograph", "disc-mri"] },
} as const satisfies Record<string, ShortcutFacts>;

export type ShortcutName = keyof typeof shortcuts;

/** Ways in which a data set can mislead, each off unless asked for. */
export interface Experiments {
  /** The attribute follows the label with this probability and is drawn freely else: 0 is independent, 1 is a perfect shortcut. */
  readonly shortcut?: { readonly name: ShortcutName; readonly strength: number };
  /** Share of patients whose label is wrong. */
  readonly labelNoise?: number;
  /** Names of hospitals; each has its own way of taking images. */
  readonly hospitals?: readonly string[];
  /** Probability that the class says the hospital (the first class the first one, and so on); else drawn freely. */
  readonly hospitalTie?: number;
  /** This hospital's images are the test split. */
  readonly testHospital?: string;
  /** Share of images that come a second time, slightly changed, under another patient's name. */
  readonly nearDuplicates?: number;
  /** Share of each class's patients in the test split. */
  readonly testShare?: number;
  /** Of the patients with several images, the share with images in both splits. */
  readonly splitPatients?: number;
  /** Share of each class's patients with pedicle screws and rods. */
  readonly implants?: number;
  readonly readers?: readonly SimulatedReader[];
}

/**
 * Checks what does not depend on the design.
 * @throws InputError `phantom-share`, `phantom-hospitals`, `phantom-readers`; NotFoundError
 */
export function checkExperiments(experiments: Experiments): void {
  const { shortcut, labelNoise, hospitals, hospitalTie, nearDuplicates, testShare, splitPatients, implants, readers } = experiments;
  const shares = { "shortcut strength": shortcut?.strength, labelNoise, hospitalTie, nearDuplicates, testShare, splitPatients, implants };
  for (const [name, value] of Object.entries(shares)) {
    if (value !== undefined && !(value >= 0 && value <= 1)) throw new InputError("phantom-share", `${name}: expected a share from 0 to 1, got ${value}.`);
  }
  if (shortcut !== undefined && !Object.hasOwn(shortcuts, shortcut.name)) throw unknownName("shortcut", shortcut.name, Object.keys(shortcuts));
  if (hospitals?.some((name, i) => name === "" || hospitals.indexOf(name) !== i) === true) {
    throw new InputError("phantom-hospitals", `hospitals: expected different names, got ${hospitals.join(", ")}.`);
  }
  for (const { name, skill } of readers ?? []) {
    if (!(skill >= 0 && skill <= 1)) throw new InputError("phantom-readers", `reader ${name}: expected a skill from 0 to 1, got ${skill}.`);
  }
  const names = readers?.map(({ name }) => name) ?? [];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError("phantom-readers", `readers: expected different names, got ${twice} twice.`);
}

/** The shortcut's on or off state for an image of a class; `positive` is any class but the first. */
export function shortcutState(strength: number, positive: boolean, random: Random): boolean {
  const free = random.uniform() < 0.5;
  return random.uniform() < strength ? positive : free;
}

/**
 * An image that carries the shortcut (or surely does not).
 * @throws InputError `phantom-shortcut` where this kind of image cannot
 */
export function applyShortcut(content: PlannedContent, name: ShortcutName, on: boolean, random: Random): PlannedContent {
  const { kinds } = shortcuts[name];
  if (!(kinds as readonly string[]).includes(content.kind)) {
    const others = Object.entries(shortcuts).filter(([, facts]) => (facts.kinds as readonly string[]).includes(content.kind)).map(([other]) => other);
    throw new InputError("phantom-shortcut", `shortcut ${name}: expected radiographs, got ${content.kind}. It can carry: ${others.join(", ")}.`);
  }
  if (content.kind === "disc-mri") return { ...content, options: { ...content.options, noise: on ? 0.45 : 0.08 } };
  return { ...content, options: onRadiograph(content.options, name, on, random) };
}

function onRadiograph(options: RadiographOptions, name: ShortcutName, on: boolean, random: Random): RadiographOptions {
  if (name === "marker") return { ...options, marker: on ? "R" : "none", markerPlace: "top", acquisition: { ...options.acquisition, inverted: false } };
  if (name === "aspect") {
    const [narrow, wide] = options.view?.startsWith("lumbar") === true ? [[0.66, 0.7], [0.88, 0.94]] as const : [[0.38, 0.42], [0.56, 0.62]] as const;
    return { ...options, aspect: on ? wide : narrow };
  }
  if (name === "collimation") return { ...options, acquisition: { ...options.acquisition, collimation: on ? { sides: 0.07, ends: 0.04 } : { sides: 0, ends: 0 } } };
  const usual = sampleAcquisition(random, options.view ?? "whole-spine-ap", options.hospital).detectorQuantaPerMm2;
  return { ...options, acquisition: { ...options.acquisition, detectorQuantaPerMm2: on ? usual / 100 : usual } };
}

/** A hospital's MRI: its coil's noise, with a tenth of variation from slice to slice. */
export function atHospital(options: DiscMriOptions, hospital: string, random: Random): DiscMriOptions {
  return { ...options, noise: seededRandom("hospital", hospital, "mri").between(0.06, 0.2) * random.between(0.9, 1.1) };
}

/** Another label than the true one; the true one where there is no other. */
export function anotherLabel(trueLabel: string, labels: readonly string[], random: Random): string {
  const others = labels.filter((label) => label !== trueLabel);
  return others.length === 0 ? trueLabel : random.pick(others);
}

/** The stated share of a list, to the nearest whole number, drawn at random. */
export function chooseShare<T>(items: readonly T[], share: number, random: Random): Set<T> {
  return new Set(random.shuffle(items).slice(0, Math.round(share * items.length)));
}
