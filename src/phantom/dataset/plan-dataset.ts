import { InputError, seededRandom, unknownName, type Random } from "../../base/index.js";
import type { ConditionName } from "../conditions/index.js";
import { conditions } from "../conditions/index.js";
import type { DiscMriOptions } from "../mri/disc-mri.js";
import type { RadiographOptions } from "../radiograph.js";
import type { CaseRecipe, DatasetDesign, PlannedImage } from "./case-recipe.js";
import { applyShortcut, readAs, shortcutState, type Experiments } from "./experiments.js";
import { studies, type StudyName } from "./studies.js";

export interface PlanOptions {
  /** Number of images; patients have one or more each. */
  readonly count: number;
  readonly seed: number | string;
  /** Height of the images in pixels. */
  readonly size?: number;
  /** A prepared design; `scoliosis` where neither study nor classes are given. */
  readonly study?: StudyName;
  /** Conditions as classes, each in the first view that all of them can be seen on. */
  readonly classes?: readonly ConditionName[];
  /** Largest number of images of one patient. */
  readonly visits?: number;
  /** Range of Cobb angles by class. */
  readonly cobbDeg?: Readonly<Record<string, readonly [number, number]>>;
  readonly aspect?: readonly [number, number];
  readonly experiments?: Experiments;
}

/** The design that options ask for. */
export function designOf({ study, classes }: Pick<PlanOptions, "study" | "classes">): DatasetDesign {
  if (study !== undefined) {
    const design: DatasetDesign | undefined = studies[study];
    if (design === undefined) throw unknownName("phantom study", study, Object.keys(studies));
    return design;
  }
  if (classes === undefined) return studies.scoliosis;
  if (classes.length === 0) throw new InputError("phantom-classes", "classes: expected at least one condition, got none.");
  for (const name of classes) if (!(name in conditions)) throw unknownName("condition", name, Object.keys(conditions));
  const shared = conditions[classes[0]!].views.filter((view) => classes.every((name) => (conditions[name].views as readonly string[]).includes(view)));
  if (shared.length === 0) throw new InputError("phantom-classes", `classes: expected conditions seen on one view, got ${classes.join(", ")}. Choose a study that mixes views.`);
  return {
    title: classes.join(", "),
    summary: "Chosen conditions on one view",
    classes: Object.fromEntries(classes.map((condition) => [condition, [{ kind: "radiograph", condition, views: [shared[0]!] }]])),
    visits: 3,
    size: 448,
  };
}

/** Classes in balance (to one patient's visits), patients in an order that says nothing of their class. */
export function planPhantomDataset(options: PlanOptions): PlannedImage[] {
  const { count, seed, experiments = {} } = options;
  if (!Number.isInteger(count) || count < 1) throw new InputError("phantom-count", `count: expected a whole number of images, 1 or more, got ${count}.`);
  checkShares(experiments);
  const design = designOf(options);
  const labels = Object.keys(design.classes);
  const random = seededRandom("phantom-dataset", seed);
  const made = new Map(labels.map((label) => [label, 0]));
  const planned: PlannedImage[] = [];
  for (let index = 0; planned.length < count; index++) {
    const least = Math.min(...made.values());
    const label = random.pick(labels.filter((name) => made.get(name) === least));
    const share = Math.max(1, Math.ceil(count / labels.length) - made.get(label)!);
    const number = Math.min(1 + random.integer(options.visits ?? design.visits), share, count - planned.length);
    planned.push(...planPatient({ index, number, trueLabel: label, labels, design, options, random: random.fork("patient", index) }));
    made.set(label, made.get(label)! + number);
  }
  return addNearDuplicates(planned, experiments.nearDuplicates ?? 0, random.fork("duplicates"));
}

interface Patient {
  readonly index: number;
  readonly number: number;
  readonly trueLabel: string;
  readonly labels: readonly string[];
  readonly design: DatasetDesign;
  readonly options: PlanOptions;
  readonly random: Random;
}

function planPatient({ index, number, trueLabel, labels, design, options, random }: Patient): PlannedImage[] {
  const { experiments = {} } = options;
  const patient = patientName(index);
  const positive = trueLabel !== labels[0];
  const recipe = random.pick(design.classes[trueLabel]!);
  const hospitals = experiments.hospitals ?? design.hospitals ?? [];
  const freely = hospitals.length === 0 ? "" : random.pick(hospitals);
  const tied = random.uniform() < (experiments.hospitalTie ?? 0) ? (hospitals[positive ? Math.min(1, hospitals.length - 1) : 0] ?? "") : freely;
  const label = random.uniform() < (experiments.labelNoise ?? 0) ? readAs(trueLabel, labels, 0, random) : trueLabel;
  const inTest = random.uniform() < (experiments.testShare ?? 0);
  const torn = number > 1 && random.uniform() < (experiments.splitPatients ?? 0);
  const usesSplit = experiments.testShare !== undefined || experiments.splitPatients !== undefined || design.testHospital !== undefined;
  const start = random.integer(100);
  return Array.from({ length: number }, (_, visit) => {
    const test = torn ? visit % 2 === 1 : design.testHospital === undefined ? inTest : tied === design.testHospital;
    const readers = experiments.readers ?? design.readers ?? [];
    return {
      name: `${patient}-${visit + 1}`,
      patient,
      label,
      trueLabel,
      hospital: tied,
      split: usesSplit ? (test ? "test" : "train") : "",
      duplicateOf: "",
      gamma: 1,
      readings: Object.fromEntries(readers.map(({ name, skill }) => [name, readAs(trueLabel, labels, skill, random.fork("reader", name, visit))])),
      ...imageOf(recipe, { index, visit, turn: start + visit, hospital: tied, options, design, positive, trueLabel, random: random.fork("image", visit) }),
    };
  });
}

type PlannedContent = { readonly kind: "radiograph"; readonly options: RadiographOptions } | { readonly kind: "disc-mri"; readonly options: DiscMriOptions };

interface ImageContext {
  readonly index: number;
  readonly visit: number;
  /** Which of the recipe's views or sequences this visit takes. */
  readonly turn: number;
  readonly hospital: string;
  readonly options: PlanOptions;
  readonly design: DatasetDesign;
  readonly positive: boolean;
  readonly trueLabel: string;
  readonly random: Random;
}

function imageOf(recipe: CaseRecipe, c: ImageContext): PlannedContent {
  const { seed, size = c.design.size, aspect, cobbDeg, experiments = {} } = c.options;
  const common = { seed, index: c.index, visit: c.visit, size };
  if (recipe.kind === "disc-mri") {
    const sequence = recipe.sequences[c.turn % recipe.sequences.length];
    return { kind: "disc-mri", options: { ...common, state: recipe.state, sequence, people: recipe.people } };
  }
  const view = recipe.views[c.turn % recipe.views.length]!;
  const posture = recipe.postures?.[c.turn % recipe.postures.length];
  const plain = {
    ...common, condition: recipe.condition, view, posture, people: recipe.people, objects: recipe.objects, aspect,
    cobbDeg: cobbDeg?.[c.trueLabel] ?? recipe.cobbDeg, hospital: c.hospital === "" ? undefined : c.hospital,
  };
  const { shortcut } = experiments;
  if (shortcut === undefined) return { kind: "radiograph", options: plain };
  const on = shortcutState(shortcut.strength, c.positive, c.random);
  return { kind: "radiograph", options: applyShortcut(plain, shortcut.name, on, c.random) };
}

/** Copies under other patients' names, a little brighter or darker. */
function addNearDuplicates(planned: readonly PlannedImage[], share: number, random: Random): PlannedImage[] {
  const patients = new Set(planned.map(({ patient }) => patient)).size;
  const chosen = random.shuffle(planned).slice(0, Math.round(share * planned.length));
  return [...planned, ...chosen.map((image, i): PlannedImage => {
    const patient = patientName(patients + i);
    return { ...image, patient, name: `${patient}-1`, duplicateOf: image.name, gamma: random.uniform() < 0.5 ? 0.93 : 1.07 };
  })];
}

const patientName = (index: number): string => `P${String(index + 1).padStart(4, "0")}`;

function checkShares(experiments: Experiments): void {
  const { shortcut, labelNoise, hospitalTie, nearDuplicates, testShare, splitPatients } = experiments;
  const shares = { "shortcut strength": shortcut?.strength, labelNoise, hospitalTie, nearDuplicates, testShare, splitPatients };
  for (const [name, value] of Object.entries(shares)) {
    if (value !== undefined && !(value >= 0 && value <= 1)) throw new InputError("phantom-share", `${name}: expected a share from 0 to 1, got ${value}.`);
  }
}
