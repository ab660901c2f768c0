import { InputError, unknownName } from "../../base/index.js";
import { postures, sequenceNames, shortcuts, studies, views, type Experiments, type MadeView, type PlanOptions, type Posture, type SequenceName, type ShortcutName, type SimulatedReader, type StudyName } from "../../phantom/index.js";
import type { OptionFacts, OptionValues } from "../contract.js";
import { readCount, readNames } from "../data-options.js";

const experiments = "Experiments, each off unless asked for:";

/** What is made, and what is wrong with it on purpose. */
export const phantomOptions: readonly OptionFacts[] = [
  { flags: "--study <name>", description: `a data set that fits a study: ${Object.keys(studies).join(", ")}` },
  { flags: "--classes <names>", description: "only these classes, separated by commas" },
  { flags: "--count <n>", description: "images (default: 100)" },
  { flags: "--seed <n>", description: "names the random numbers (default: 1)" },
  { flags: "--size <pixels>", description: "height of the images (default: as the view or study has it)" },
  { flags: "--format <name>", description: "of the images; masks are PNG always (default: png)", choices: ["png", "dicom"] },
  { flags: "--radiographs <class>", description: "with --format dicom: what radiographs are; MRI is MR (default: dx)", choices: ["cr", "dx"] },
  { flags: "--bit-depth <bits>", description: "8 or 16 in PNG, 12 or 16 in DICOM (default: the fewer)" },
  { flags: "--visits <n>", description: "most visits of one patient; the images of a visit share a study id" },
  { flags: "--posture <names>", description: `postures taken at every visit, of lumbar-lateral: ${postures.join(", ")}` },
  { flags: "--sequences <names>", description: `sequences taken at every visit, of disc-mri: ${sequenceNames.join(", ")}` },
  { flags: "--ages <range>", description: "ages of all classes alike, such as 40-80" },
  { flags: "--implants <share>", description: "share of each class's patients with screws and rods" },
  { flags: "--shortcut <name:strength>", description: `ties ${Object.keys(shortcuts).join(", ")} to the label; 1 always, 0 never`, group: experiments },
  { flags: "--label-noise <share>", description: "share of patients with a wrong label", group: experiments },
  { flags: "--hospitals <n>", description: "a number, or names separated by commas; each has its own way of taking images", group: experiments },
  { flags: "--hospital-tie <share>", description: "how surely the class says the hospital, 0 to 1", group: experiments },
  { flags: "--test-hospital <name>", description: "this hospital's images are the test split", group: experiments },
  { flags: "--near-duplicates <share>", description: "share of images that come again, slightly changed, as another patient's", group: experiments },
  { flags: "--test-share <share>", description: "share of each class's patients in the test split", group: experiments },
  { flags: "--split-patients <share>", description: "share of patients with several images that stand in both splits", group: experiments },
  { flags: "--readers <n:skill>", description: "simulated readers of a skill, such as 6:0.9 or radiologists=3:0.9,residents=3:0.8; writes reads.csv", group: experiments },
];

/**
 * The options of `phantom make` as a plan.
 * @throws InputError `option-number`, `option-share`, `option-pair`; NotFoundError for unknown names
 */
export function readPlan(view: string | undefined, options: OptionValues): PlanOptions {
  const study = text(options["study"]);
  if (study !== undefined && !Object.hasOwn(studies, study)) throw unknownName("phantom study", study, Object.keys(studies));
  if (view !== undefined && !Object.hasOwn(views, view)) {
    if (Object.hasOwn(studies, view)) throw new InputError("phantom-view", `${view}: expected a view, got the name of a study. Write --study ${view}.`);
    throw unknownName("view", view, Object.keys(views));
  }
  const [size, visits, ageYears] = [readCount(options["size"], "--size", 16), readCount(options["visits"], "--visits"), readRange(options["ages"], "--ages")];
  const [classes, taken, sequences] = [readNames(options["classes"]), readKnown(options["posture"], "posture", postures), readKnown(options["sequences"], "sequence", sequenceNames)];
  return {
    count: readCount(options["count"], "--count") ?? 100,
    seed: readCount(options["seed"], "--seed", 0) ?? 1,
    ...(study !== undefined && { study: study as StudyName }),
    ...(view !== undefined && { view: view as MadeView }),
    ...(classes !== undefined && { classes }),
    ...(size !== undefined && { size }),
    ...(visits !== undefined && { visits }),
    ...(ageYears !== undefined && { ageYears }),
    ...(taken !== undefined && { postures: taken as Posture[] }),
    ...(sequences !== undefined && { sequences: sequences as SequenceName[] }),
    experiments: readExperiments(options),
  };
}

function readExperiments(options: OptionValues): Experiments {
  const shares = {
    labelNoise: readShare(options["labelNoise"], "--label-noise"),
    hospitalTie: readShare(options["hospitalTie"], "--hospital-tie"),
    nearDuplicates: readShare(options["nearDuplicates"], "--near-duplicates"),
    testShare: readShare(options["testShare"], "--test-share"),
    splitPatients: readShare(options["splitPatients"], "--split-patients"),
    implants: readShare(options["implants"], "--implants"),
  };
  const [shortcut, hospitals, readers, testHospital] = [readShortcut(text(options["shortcut"])), readHospitals(text(options["hospitals"])), readReaders(text(options["readers"])), text(options["testHospital"])];
  return {
    ...Object.fromEntries(Object.entries(shares).filter(([, share]) => share !== undefined)),
    ...(shortcut && { shortcut }),
    ...(hospitals && { hospitals }),
    ...(testHospital !== undefined && { testHospital }),
    ...(readers && { readers }),
  };
}

const text = (value: OptionValues[string]): string | undefined => (typeof value === "string" ? value : undefined);

/** @throws InputError `option-share` */
function readShare(value: OptionValues[string], option: string): number | undefined {
  if (value === undefined) return undefined;
  const share = value === "" ? NaN : Number(value);
  if (!(share >= 0 && share <= 1)) throw new InputError("option-share", `${option}: expected a share from 0 to 1, got "${String(value)}". Write 0.1 for a tenth.`);
  return share;
}

function readRange(value: OptionValues[string], option: string): [number, number] | undefined {
  if (value === undefined) return undefined;
  const found = /^(\d+)-(\d+)$/.exec(String(value));
  if (found === null) throw new InputError("option-range", `${option}: expected two whole numbers, such as 40-80, got "${String(value)}". Correct the option.`);
  return [Number(found[1]), Number(found[2])];
}

function readKnown(value: OptionValues[string], kind: string, known: readonly string[]): string[] | undefined {
  const names = readNames(value);
  if (names?.length === 0) throw new InputError("option-names", `${kind}: expected ${known.join(", ")}, got none. Name one.`);
  for (const name of names ?? []) if (!known.includes(name)) throw unknownName(kind, name, known);
  return names && [...new Set(names)];
}

function readShortcut(value: string | undefined): { name: ShortcutName; strength: number } | undefined {
  if (value === undefined) return undefined;
  const [name, strength, ...more] = value.split(":");
  if (!Object.hasOwn(shortcuts, name!)) throw unknownName("shortcut", name!, Object.keys(shortcuts));
  if (more.length > 0) throw new InputError("option-pair", `--shortcut: expected name:strength, got "${value}". Write marker:1, for example.`);
  return { name: name as ShortcutName, strength: readShare(strength, `--shortcut ${name}`) ?? 1 };
}

function readHospitals(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  if (/^-?[\d.]+$/.test(value)) {
    const number = readCount(value, "--hospitals")!;
    if (number > 100) throw new InputError("option-number", `--hospitals: expected 1 to 100, got ${number}. Correct the option.`);
    return Array.from({ length: number }, (_, i) => `hospital-${i + 1}`);
  }
  const names = readNames(value)!;
  const odd = names.find((name) => !/^[\p{L}\p{N} _.-]+$/u.test(name));
  if (names.length === 0 || odd !== undefined) throw new InputError("option-names", `--hospitals: expected a number or names of letters, digits and hyphens, got "${odd ?? value}". Correct the option.`);
  return names;
}

function readReaders(value: string | undefined): SimulatedReader[] | undefined {
  return value === undefined ? undefined : value.split(",").flatMap((part) => {
    const found = /^(?:([\p{L}\p{N} _-]+)=)?(\d+):([\d.]+)$/u.exec(part.trim());
    const [number, skill] = [Number(found?.[2]), Number(found?.[3])];
    if (!(number >= 1 && number <= 200 && skill >= 0 && skill <= 1)) {
      throw new InputError("option-readers", `--readers: expected number:skill with 1 to 200 readers and a skill from 0 to 1, got "${part}". Write 6:0.9, or radiologists=3:0.9,residents=3:0.8.`);
    }
    const group = found![1] ?? "readers";
    return Array.from({ length: number }, (_, i) => ({ name: `${group.replace(/s$/, "")}-${i + 1}`, group, skill }));
  });
}
