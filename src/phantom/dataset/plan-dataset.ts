import { InputError, seededRandom, unknownName, type Random } from "../../base/index.js";
import type { CaseRecipe, DatasetDesign, PlannedContent, PlannedImage } from "./case-recipe.js";
import { designOf, type DesignOptions } from "./design.js";
import { anotherLabel, applyShortcut, atHospital, checkExperiments, chooseShare, shortcutState, type Experiments } from "./experiments.js";

export interface PlanOptions extends DesignOptions {
  /** Number of images; patients have one or more each. Near-duplicates come on top. */
  readonly count: number;
  readonly seed: number | string;
  /** Height of the images in pixels. */
  readonly size?: number;
  /** Largest number of visits of one patient. */
  readonly visits?: number;
  /** Range of Cobb angles by class. */
  readonly cobbDeg?: Readonly<Record<string, readonly [number, number]>>;
  readonly aspect?: readonly [number, number];
  readonly experiments?: Experiments;
}

/**
 * Classes in balance (to one patient's images), patients in an order that says nothing of their class.
 * @throws InputError `phantom-count`, `phantom-visits`, `phantom-size`, those of designOf and checkExperiments
 */
export function planPhantomDataset(options: PlanOptions): PlannedImage[] {
  const { count, seed, experiments = {}, visits } = options;
  if (!Number.isInteger(count) || count < 1) throw new InputError("phantom-count", `count: expected a whole number of images, 1 or more, got ${count}.`);
  if (visits !== undefined && !(Number.isInteger(visits) && visits >= 1 && visits <= 100)) throw new InputError("phantom-visits", `visits: expected a whole number from 1 to 100, got ${visits}.`);
  checkExperiments(experiments);
  const design = designOf(options);
  const kinds = new Set(Object.values(design.classes).flatMap((recipes) => recipes.map(({ kind }) => kind)));
  const [least, most] = kinds.has("disc-mri") ? [32, 1024] : [16, 4096];
  const { size = design.size } = options;
  if (!Number.isInteger(size) || size < least || size > most) throw new InputError("phantom-size", `size: expected a whole number from ${least} to ${most} pixels, got ${size}.`);
  const random = seededRandom("phantom-dataset", seed);
  const patients = drawPatients(options, design, random);
  const traits = drawTraits(patients, design, options, random);
  const planned = patients.flatMap((patient) => planPatient(patient, traits, { design, options, random: random.fork("patient", patient.index) }));
  return addNearDuplicates(planned, experiments, random.fork("duplicates"));
}

interface Patient {
  readonly index: number;
  readonly label: string;
  readonly recipe: CaseRecipe;
  /** Number of images. */
  readonly number: number;
}

/** What a visit takes: each view in each posture, or each sequence. */
function exposuresOf(recipe: CaseRecipe): number {
  return recipe.kind === "disc-mri" ? recipe.sequences.length : recipe.views.length * (recipe.postures?.length ?? 1);
}

function drawPatients({ count, visits }: PlanOptions, design: DatasetDesign, random: Random): Patient[] {
  const labels = Object.keys(design.classes);
  const made = new Map(labels.map((label) => [label, 0]));
  const madeOf = new Map<CaseRecipe, number>();
  const patients: Patient[] = [];
  for (let index = 0, total = 0; total < count; index++) {
    const least = Math.min(...made.values());
    const label = random.pick(labels.filter((name) => made.get(name) === least));
    const recipes = design.classes[label]!;
    const fewest = Math.min(...recipes.map((recipe) => madeOf.get(recipe) ?? 0));
    const recipe = random.pick(recipes.filter((one) => (madeOf.get(one) ?? 0) === fewest));
    const share = Math.max(1, Math.ceil(count / labels.length) - made.get(label)!);
    const number = Math.min((1 + random.integer(visits ?? design.visits)) * exposuresOf(recipe), share, count - total);
    patients.push({ index, label, recipe, number });
    made.set(label, made.get(label)! + number);
    madeOf.set(recipe, (madeOf.get(recipe) ?? 0) + number);
    total += number;
  }
  return patients;
}

/** What is true of whole patients, each share drawn by itself. */
interface Traits {
  readonly labels: readonly string[];
  readonly mislabelled: ReadonlySet<Patient>;
  readonly inTest: ReadonlySet<Patient>;
  readonly torn: ReadonlySet<Patient>;
  readonly withImplants: ReadonlySet<Patient>;
  readonly usesSplit: boolean;
  /** Every hospital has as many patients of each class as the others, but where the class says the hospital. */
  readonly hospitalOf: ReadonlyMap<Patient, string>;
  readonly testHospital: string | undefined;
}

function drawTraits(patients: readonly Patient[], design: DatasetDesign, { experiments = {} }: PlanOptions, random: Random): Traits {
  const labels = Object.keys(design.classes);
  const ofEachClass = (share: number, name: string): Set<Patient> =>
    new Set(labels.flatMap((label) => [...chooseShare(patients.filter((patient) => patient.label === label), share, random.fork(name, label))]));
  const { labelNoise = 0, hospitalTie = 0, splitPatients, testShare, implants = 0 } = experiments;
  const hospitals = experiments.hospitals ?? design.hospitals ?? [];
  const testHospital = experiments.testHospital ?? (experiments.hospitals === undefined ? design.testHospital : undefined);
  if (testHospital !== undefined && !hospitals.includes(testHospital)) throw unknownName("hospital", testHospital, hospitals);
  const usesSplit = testShare !== undefined || splitPatients !== undefined || testHospital !== undefined;
  const hospitalOf = new Map<Patient, string>();
  labels.forEach((label, k) => {
    const drawn = random.fork("hospitals", label);
    const start = hospitals.length === 0 ? 0 : drawn.integer(hospitals.length);
    drawn.shuffle(patients.filter((patient) => patient.label === label)).forEach((patient, i) => {
      const at = drawn.uniform() < hospitalTie ? k : start + i;
      hospitalOf.set(patient, hospitals[at % hospitals.length] ?? "");
    });
  });
  return {
    labels,
    mislabelled: chooseShare(patients, labelNoise, random.fork("label noise")),
    inTest: ofEachClass(testShare ?? (splitPatients === undefined ? 0 : 0.2), "test"),
    torn: chooseShare(patients.filter(({ number }) => number > 1), splitPatients ?? 0, random.fork("split patients")),
    withImplants: ofEachClass(implants, "implants"),
    usesSplit,
    hospitalOf,
    testHospital,
  };
}

interface PatientContext {
  readonly design: DatasetDesign;
  readonly options: PlanOptions;
  readonly random: Random;
}

function planPatient(person: Patient, traits: Traits, context: PatientContext): PlannedImage[] {
  const { labels, testHospital } = traits;
  const { random } = context;
  const patient = patientName(person.index);
  const hospital = traits.hospitalOf.get(person)!;
  const label = traits.mislabelled.has(person) ? anotherLabel(person.label, labels, random.fork("label")) : person.label;
  const exposures = exposuresOf(person.recipe);
  // Where a visit is cut short, which of its views is left out changes from patient to patient.
  const start = random.integer(exposures);
  return Array.from({ length: person.number }, (_, i) => {
    const visit = Math.floor(i / exposures);
    const test = traits.torn.has(person) ? i % 2 === 1 : testHospital === undefined ? traits.inTest.has(person) : hospital === testHospital;
    return {
      name: `${patient}-${i + 1}`,
      patient,
      study: `${patient}-S${visit + 1}`,
      label,
      trueLabel: person.label,
      hospital,
      split: traits.usesSplit ? (test ? "test" : "train") : "",
      duplicateOf: "",
      gamma: 1,
      ...contentOf(person, { ...context, visit, turn: (start + i) % exposures, hospital, positive: person.label !== labels[0], implants: traits.withImplants.has(person), random: random.fork("image", i) }),
    };
  });
}

interface ImageContext extends PatientContext {
  readonly visit: number;
  /** Which of the recipe's exposures this is. */
  readonly turn: number;
  readonly hospital: string;
  readonly positive: boolean;
  readonly implants: boolean;
}

function contentOf({ index, label, recipe }: Patient, c: ImageContext): PlannedContent {
  const { seed, size = c.design.size, aspect, cobbDeg, experiments = {} } = c.options;
  const common = { seed, index, visit: c.visit, size, people: c.design.people };
  let content: PlannedContent;
  if (recipe.kind === "disc-mri") {
    const options = { ...common, state: recipe.state, sequence: recipe.sequences[c.turn]! };
    content = { kind: "disc-mri", options: c.hospital === "" ? options : atHospital(options, c.hospital, c.random) };
  } else {
    const { condition, views, relevant } = recipe;
    const posture = recipe.postures?.[Math.floor(c.turn / views.length)];
    const options = { ...common, condition, view: views[c.turn % views.length]!, posture, relevant, aspect, cobbDeg: cobbDeg?.[label], hospital: c.hospital === "" ? undefined : c.hospital };
    content = { kind: "radiograph", options: c.implants ? { ...options, objects: ["implants"] } : options };
  }
  const { shortcut } = experiments;
  if (shortcut === undefined) return content;
  return applyShortcut(content, shortcut.name, shortcutState(shortcut.strength, c.positive, c.random), c.random);
}

/** Copies under other patients' names, a little brighter or darker, each in a split of its own. */
function addNearDuplicates(planned: readonly PlannedImage[], { nearDuplicates = 0, testShare }: Experiments, random: Random): PlannedImage[] {
  const patients = new Set(planned.map(({ patient }) => patient)).size;
  return [...planned, ...[...chooseShare(planned, nearDuplicates, random)].map((image, i): PlannedImage => {
    const patient = patientName(patients + i);
    const split = testShare === undefined ? image.split : random.uniform() < testShare ? "test" : "train";
    return { ...image, patient, study: `${patient}-S1`, name: `${patient}-1`, split, duplicateOf: image.name, gamma: random.uniform() < 0.5 ? 0.93 : 1.07 };
  })];
}

const patientName = (index: number): string => `P${String(index + 1).padStart(4, "0")}`;
