import type { Random } from "../../base/index.js";
import { sampleAcquisition } from "../acquisition/style.js";
import type { RadiographOptions } from "../radiograph.js";
import type { SimulatedReader } from "./case-recipe.js";

/** What can be made to follow the label: a shortcut for a network to fall for. */
export const shortcuts = ["marker", "aspect", "collimation", "noise"] as const;
export type ShortcutName = (typeof shortcuts)[number];

/** Ways in which a data set can mislead, each off unless asked for. */
export interface Experiments {
  /** The attribute follows the label with this probability and is drawn freely else: 0 is independent, 1 is a perfect shortcut. */
  readonly shortcut?: { readonly name: ShortcutName; readonly strength: number };
  /** Share of patients whose label is wrong. */
  readonly labelNoise?: number;
  /** Names of hospitals; each has its own way of taking images. */
  readonly hospitals?: readonly string[];
  /** How strongly the hospital follows the label, 0 to 1. */
  readonly hospitalTie?: number;
  /** Share of images that come a second time, slightly changed, under another patient's name. */
  readonly nearDuplicates?: number;
  /** Share of patients in the test split, and of those with several images how many have images in both. */
  readonly testShare?: number;
  readonly splitPatients?: number;
  readonly readers?: readonly SimulatedReader[];
}

/** The shortcut's on or off state for an image of a class; `positive` is any class but the first. */
export function shortcutState(strength: number, positive: boolean, random: Random): boolean {
  const free = random.uniform() < 0.5;
  return random.uniform() < strength ? positive : free;
}

/** Options of an image that carries the shortcut (or surely does not). */
export function applyShortcut(options: RadiographOptions, name: ShortcutName, on: boolean, random: Random): RadiographOptions {
  if (name === "marker") return { ...options, marker: on ? "R" : "none", markerPlace: "top", acquisition: { ...options.acquisition, inverted: false } };
  if (name === "aspect") {
    const [narrow, wide] = options.view?.startsWith("lumbar") === true ? [[0.66, 0.7], [0.88, 0.94]] as const : [[0.38, 0.42], [0.56, 0.62]] as const;
    return { ...options, aspect: on ? wide : narrow };
  }
  if (name === "collimation") return { ...options, acquisition: { ...options.acquisition, collimation: on ? { sides: 0.07, ends: 0.04 } : { sides: 0, ends: 0 } } };
  const usual = sampleAcquisition(random, options.view ?? "whole-spine-ap", options.hospital).detectorQuantaPerMm2;
  return { ...options, acquisition: { ...options.acquisition, detectorQuantaPerMm2: on ? usual / 30 : usual } };
}

/** A reader's answer: right with the given skill, else one of the other labels. */
export function readAs(trueLabel: string, labels: readonly string[], skill: number, random: Random): string {
  const others = labels.filter((label) => label !== trueLabel);
  return random.uniform() < skill || others.length === 0 ? trueLabel : random.pick(others);
}
