import { InputError, unknownName } from "../../base/index.js";
import type { SubjectRange } from "../anatomy/subject.js";
import type { Posture, ViewName } from "../conditions/contract.js";
import { conditions, type ConditionName } from "../conditions/index.js";
import { discStates, type DiscState } from "../mri/disc-state.js";
import type { SequenceName } from "../mri/tissue.js";
import type { CaseRecipe, DatasetDesign } from "./case-recipe.js";
import { studies, type StudyName } from "./studies.js";
import { views } from "./views.js";

/** A view of a radiograph, or the slice of an MRI. */
export type MadeView = ViewName | "disc-mri";

export interface DesignOptions {
  /** A prepared design; `scoliosis` where neither study, view nor classes are given. */
  readonly study?: StudyName;
  /** All conditions seen on this view, one class each. */
  readonly view?: MadeView;
  /** Only these classes: of the study, or conditions; without a view, in the first one that shows them all. */
  readonly classes?: readonly string[];
  /** Neutral where left out; every visit takes each. */
  readonly postures?: readonly Posture[];
  /** Of an MRI; both where left out. */
  readonly sequences?: readonly SequenceName[];
  /** Ages of all classes alike. */
  readonly ageYears?: readonly [number, number];
}

/** Ages where one view shows many conditions: the same for all, so that age tells nothing. */
const adults: SubjectRange = { ageYears: [18, 75] };

/**
 * The design that options ask for.
 * @throws NotFoundError for unknown names; InputError `phantom-classes`, `phantom-posture`, `phantom-ages`
 */
export function designOf(options: DesignOptions): DatasetDesign {
  const { study, view, classes, ageYears } = options;
  if (study !== undefined && view !== undefined) throw new InputError("phantom-classes", `study ${study}: expected no view beside it, got ${view}. Name the study or the view.`);
  const design = study !== undefined ? ofStudy(study, classes) : view === undefined && classes === undefined ? studies.scoliosis : ofView(view, classes);
  const bare: DatasetDesign = withExposures(design, options);
  if (ageYears === undefined) return bare;
  if (!(ageYears[0] >= 10 && ageYears[1] >= ageYears[0] && ageYears[1] <= 95)) {
    throw new InputError("phantom-ages", `ages: expected a range within 10 to 95 years, got ${ageYears.join(" to ")}.`);
  }
  return { ...bare, people: { ...bare.people, ageYears } };
}

function ofStudy(study: StudyName, wanted: readonly string[] | undefined): DatasetDesign {
  const design: DatasetDesign | undefined = Object.hasOwn(studies, study) ? studies[study] : undefined;
  if (design === undefined) throw unknownName("phantom study", study, Object.keys(studies));
  if (wanted === undefined) return design;
  checkClasses(wanted, Object.keys(design.classes), `class of ${study}`);
  return { ...design, classes: Object.fromEntries(wanted.map((name) => [name, design.classes[name]!])) };
}

function ofView(view: MadeView | undefined, classes: readonly string[] | undefined): DatasetDesign {
  if (view !== undefined && !Object.hasOwn(views, view)) throw unknownName("view", view, Object.keys(views));
  if (view === "disc-mri") return ofDiscMri(classes);
  const all = Object.keys(conditions) as ConditionName[];
  if (classes !== undefined) checkClasses(classes, all, "condition");
  const shows = (name: string, on: ViewName): boolean => (conditions[name as ConditionName].views as readonly string[]).includes(on);
  const names = classes ?? all.filter((name) => shows(name, view!));
  const chosen = view ?? conditions[names[0] as ConditionName].views.find((on) => names.every((name) => shows(name, on)));
  if (chosen === undefined) throw new InputError("phantom-classes", `classes: expected conditions seen on one view, got ${names.join(", ")}. Choose a study that mixes views.`);
  const hidden = names.find((name) => !shows(name, chosen));
  if (hidden !== undefined) {
    throw new InputError("phantom-classes", `classes: expected conditions seen on ${chosen} (${all.filter((name) => shows(name, chosen)).join(", ")}), got ${hidden}. Choose another view: ${conditions[hidden as ConditionName].views.join(", ")}.`);
  }
  return {
    title: `${views[chosen].title}: ${names.join(", ")}`,
    summary: views[chosen].summary,
    classes: Object.fromEntries(names.map((condition): [string, CaseRecipe[]] => [condition, [{ kind: "radiograph", condition: condition as ConditionName, views: [chosen] }]])),
    visits: 3,
    size: 448,
    ...(names.some((name) => name !== "normal" && name !== "scoliosis") && { people: adults }),
  };
}

function ofDiscMri(classes: readonly string[] | undefined): DatasetDesign {
  const names = classes ?? discStates;
  checkClasses(names, discStates, "state of a disc");
  return {
    title: `${views["disc-mri"].title}: ${names.join(", ")}`,
    summary: views["disc-mri"].summary,
    classes: Object.fromEntries(names.map((state): [string, CaseRecipe[]] => [state, [{ kind: "disc-mri", state: state as DiscState, sequences: ["t2", "t1"] }]])),
    visits: 2,
    size: 256,
    people: studies["disc-state"].people,
  };
}

function checkClasses(wanted: readonly string[], known: readonly string[], kind: string): void {
  if (wanted.length === 0) throw new InputError("phantom-classes", `classes: expected at least one of ${known.join(", ")}, got none.`);
  for (const [i, name] of wanted.entries()) {
    if (!known.includes(name)) throw unknownName(kind, name, known);
    if (wanted.indexOf(name) !== i) throw new InputError("phantom-classes", `classes: expected each class once, got ${name} twice.`);
  }
}

/** The design with other postures or sequences at every visit. */
function withExposures(design: DatasetDesign, { postures, sequences }: DesignOptions): DatasetDesign {
  if (postures === undefined && sequences === undefined) return design;
  const change = (recipe: CaseRecipe): CaseRecipe => {
    if (recipe.kind === "disc-mri") {
      if (postures !== undefined) throw new InputError("phantom-posture", "posture: expected a radiograph, got an MRI, which is taken lying. Leave the posture out.");
      return sequences === undefined ? recipe : { ...recipe, sequences };
    }
    if (sequences !== undefined) throw new InputError("phantom-posture", "sequences: expected an MRI, got radiographs. Leave the sequences out, or choose disc-mri.");
    if (postures?.some((posture) => posture !== "neutral") === true && recipe.views.some((view) => !views[view].bends)) {
      throw new InputError("phantom-posture", `posture: expected neutral on ${recipe.views.join(", ")}, got ${postures.join(", ")}. Flexion and extension are taken as lumbar-lateral.`);
    }
    return { ...recipe, postures };
  };
  return { ...design, classes: Object.fromEntries(Object.entries(design.classes).map(([label, recipes]) => [label, recipes.map(change)])) };
}
