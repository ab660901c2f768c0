import assert from "node:assert/strict";
import { test } from "node:test";
import { conditions } from "../conditions/index.js";
import type { RadiographOptions } from "../radiograph.js";
import { designOf, type MadeView } from "./design.js";
import { planPhantomDataset, type PlanOptions } from "./plan-dataset.js";
import { normalShare, simulateReads } from "./simulate-reads.js";
import { studies, type StudyName } from "./studies.js";
import { views } from "./views.js";

const plan = (experiments: PlanOptions["experiments"], more: Partial<PlanOptions> = {}) => planPhantomDataset({ count: 400, seed: 5, experiments, ...more });
type Planned = ReturnType<typeof plan>;
const groupsBy = (images: Planned, key: "patient" | "study"): Planned[] => [...new Set(images.map((image) => image[key]))].map((name) => images.filter((image) => image[key] === name));
const byPatient = (images: Planned): Planned[] => groupsBy(images, "patient");
const classOfSecond = (images: Planned): string => [...new Set(images.map((image) => image.trueLabel))].sort()[1]!;

test("classes are in balance, a patient has one class, and its visits are studies of one day", () => {
  for (const study of Object.keys(studies) as StudyName[]) {
    const planned = planPhantomDataset({ count: 96, seed: 2, study });
    const labels = Object.keys(studies[study].classes);
    for (const label of labels) {
      const share = planned.filter((image) => image.label === label).length / 96;
      assert.ok(Math.abs(share - 1 / labels.length) < 0.04, `${study} ${label} ${share}`);
    }
    for (const own of byPatient(planned)) {
      assert.equal(new Set(own.map((image) => image.label)).size, 1);
      for (const image of own) assert.equal(image.study, `${image.patient}-S${image.options.visit! + 1}`);
    }
    assert.equal(new Set(planned.map(({ name }) => name)).size, 96);
  }
});

test("a visit of the preset with two views or three postures takes each once", () => {
  for (const [study, number] of [["musculoskeletal-radiograph", 2], ["spinal-tumour", 2], ["spondylolisthesis-readers", 3], ["disc-state", 2]] as const) {
    const visits = groupsBy(planPhantomDataset({ count: 120, seed: 4, study }), "study").filter((own) => own.length === number);
    assert.ok(visits.length > 30, study);
    for (const own of visits) {
      const looks = own.map((image) => (image.kind === "radiograph" ? `${image.options.view} ${image.options.posture}` : image.options.sequence));
      assert.equal(new Set(looks).size, number);
    }
  }
});

test("in spine-abnormality half of the normal spines are seen from each side, so that the view leaves two classes open", () => {
  const planned = planPhantomDataset({ count: 300, seed: 1, study: "spine-abnormality" });
  const seen = (label: string): Set<string> => new Set(planned.filter((image) => image.label === label).map((image) => (image.kind === "radiograph" ? image.options.view! : "")));
  assert.deepEqual([...seen("normal")].sort(), ["lumbar-lateral", "whole-spine-ap"]);
  assert.deepEqual([[...seen("scoliosis")], [...seen("spondylolisthesis")]], [["whole-spine-ap"], ["lumbar-lateral"]]);
  const front = planned.filter((image) => image.label === "normal" && image.kind === "radiograph" && image.options.view === "whole-spine-ap").length;
  assert.ok(Math.abs(front - 50) <= 2, `${front} of 100`);
});

test("no preset ties age, hospital, metal or view to a class on its own", () => {
  for (const study of Object.keys(studies) as StudyName[]) {
    const planned = planPhantomDataset({ count: 240, seed: 3, study });
    assert.equal(new Set(planned.map(({ options }) => JSON.stringify(options.people))).size, 1, study);
    assert.ok(planned.every((image) => image.kind !== "radiograph" || image.options.objects === undefined));
    if (study === "spine-abnormality") continue;
    const shares = (label: string) => planned.filter((image) => image.label === label).filter((image) => image.kind !== "radiograph" || image.options.view === (study === "scoliosis" ? "whole-spine-ap" : "lumbar-lateral")).length / planned.filter((image) => image.label === label).length;
    const all = Object.keys(studies[study].classes).map(shares);
    assert.ok(Math.max(...all) - Math.min(...all) < 0.06, `${study} ${all.join(" ")}`);
  }
});

test("a view takes every condition that is seen on it", () => {
  for (const view of Object.keys(views) as MadeView[]) {
    const classes = Object.keys(designOf({ view }).classes);
    if (view !== "disc-mri") assert.deepEqual(classes, Object.entries(conditions).filter(([, { views: seen }]) => (seen as readonly string[]).includes(view)).map(([name]) => name));
    assert.ok(classes.length >= 2 && classes[0] === "normal", `${view}: ${classes.join(", ")}`);
  }
});

test("postures, sequences and ages are taken as told", () => {
  const bent = planPhantomDataset({ count: 30, seed: 1, view: "lumbar-lateral", postures: ["flexion", "extension"], ageYears: [60, 80] });
  assert.deepEqual(new Set(bent.map((image) => (image.kind === "radiograph" ? image.options.posture : ""))), new Set(["flexion", "extension"]));
  assert.ok(bent.every(({ options }) => options.people!.ageYears![0] === 60));
  assert.ok(planPhantomDataset({ count: 8, seed: 1, view: "disc-mri", sequences: ["t1"] }).every((image) => image.kind === "disc-mri" && image.options.sequence === "t1"));
  assert.throws(() => planPhantomDataset({ count: 4, seed: 1, view: "lumbar-ap", postures: ["flexion"] }), { code: "phantom-posture", message: /lumbar-lateral/ });
  assert.throws(() => planPhantomDataset({ count: 4, seed: 1, view: "disc-mri", postures: ["neutral"] }), { code: "phantom-posture" });
  assert.throws(() => planPhantomDataset({ count: 4, seed: 1, view: "lumbar-ap", sequences: ["t1"] }), { code: "phantom-posture" });
  assert.throws(() => planPhantomDataset({ count: 4, seed: 1, view: "lumbar-ap", ageYears: [5, 20] }), { code: "phantom-ages" });
});

test("a shortcut of strength 1 follows the label in every image, of strength 0 in half", () => {
  const agreement = (strength: number): number => {
    const images = plan({ shortcut: { name: "marker", strength } });
    return images.filter((i) => i.kind === "radiograph" && (i.options.marker === "R") === (i.trueLabel === "scoliosis")).length / images.length;
  };
  assert.equal(agreement(1), 1);
  assert.ok(Math.abs(agreement(0) - 0.5) < 0.08);
  assert.ok(Math.abs(agreement(0.5) - 0.75) < 0.08);
});

test("every shortcut sets its own attribute, and one an image cannot carry is refused", () => {
  const of = (name: "aspect" | "collimation" | "noise", trueLabel: string) => plan({ shortcut: { name, strength: 1 } }, { count: 40 }).find((i) => i.trueLabel === trueLabel)!.options as RadiographOptions;
  assert.ok(of("aspect", "scoliosis").aspect![0] > of("aspect", "normal").aspect![1]);
  assert.deepEqual([of("collimation", "scoliosis"), of("collimation", "normal")].map(({ acquisition }) => acquisition!.collimation!.sides > 0), [true, false]);
  const dose = (label: string): number => of("noise", label).acquisition!.detectorQuantaPerMm2!;
  assert.ok(dose("scoliosis") < dose("normal") / 4);
  const slices = plan({ shortcut: { name: "noise", strength: 1 } }, { count: 20, view: "disc-mri" });
  assert.ok(slices.every((i) => i.kind === "disc-mri" && i.options.noise! > 0.2 === (i.trueLabel !== "normal")));
  assert.throws(() => plan({ shortcut: { name: "marker", strength: 1 } }, { view: "disc-mri" }), { code: "phantom-shortcut", message: /It can carry: noise/ });
  assert.throws(() => plan({ shortcut: { name: "markr" as "marker", strength: 1 } }), { code: "unknown-shortcut", message: /Did you mean "marker"/ });
});

test("label noise, near-duplicates, implants and split patients come at the asked share", () => {
  const people = byPatient(plan({ labelNoise: 0.2 }));
  assert.equal(people.filter(([first]) => first!.label !== first!.trueLabel).length, Math.round(0.2 * people.length));
  const doubled = plan({ nearDuplicates: 0.1 });
  assert.equal(doubled.length, 440);
  for (const copy of doubled.slice(400)) {
    const original = doubled.find(({ name }) => name === copy.duplicateOf)!;
    assert.notEqual(original.patient, copy.patient);
    assert.deepEqual(original.options, copy.options);
    assert.notEqual(copy.gamma, 1);
  }
  const torn = (images: Planned): number => {
    const several = byPatient(images).filter((own) => own.length > 1);
    return several.filter((own) => new Set(own.map((i) => i.split)).size > 1).length / several.length;
  };
  assert.equal(torn(plan({ testShare: 0.3 })), 0);
  assert.equal(torn(plan({ testShare: 0.3, splitPatients: 1 })), 1);
  assert.ok(Math.abs(torn(plan({ splitPatients: 0.1 })) - 0.1) < 0.01);
  const withRods = (label: string): number => byPatient(plan({ implants: 0.5 })).filter(([first]) => first!.trueLabel === label && first!.kind === "radiograph" && first!.options.objects?.includes("implants")).length;
  assert.ok(withRods("normal") > 30 && Math.abs(withRods("normal") - withRods("scoliosis")) < 15);
});

test("the test split holds the asked share of every class", () => {
  const people = byPatient(plan({ testShare: 0.25 }, { study: "spine-abnormality" }));
  for (const label of ["normal", "scoliosis", "spondylolisthesis"]) {
    const own = people.filter(([first]) => first!.trueLabel === label);
    assert.equal(own.filter(([first]) => first!.split === "test").length, Math.round(0.25 * own.length));
  }
});

test("hospitals follow the label as strongly as told, and one can be the test split", () => {
  assert.ok(plan({ hospitals: ["a", "b"], hospitalTie: 1 }).every((i) => (i.hospital === "b") === (i.trueLabel === "scoliosis")));
  const free = plan({ hospitals: ["a", "b"] });
  const share = free.filter((i) => i.trueLabel === classOfSecond(free) && i.hospital === "b").length / free.filter((i) => i.trueLabel === classOfSecond(free)).length;
  assert.ok(Math.abs(share - 0.5) < 0.12, `${share}`);
  assert.ok(plan({ hospitals: ["a", "b", "c"], testHospital: "c" }).every((i) => (i.split === "test") === (i.hospital === "c")));
  assert.throws(() => plan({ hospitals: ["north", "south"], testHospital: "nort" }), { message: /Did you mean "north"/ });
  assert.throws(() => plan({ hospitals: ["a", "a"] }), { code: "phantom-hospitals" });
  // An MRI's hospital shows in its noise.
  const noises = plan({ hospitals: ["a", "b"] }, { view: "disc-mri" }).map((i) => [i.hospital, i.kind === "disc-mri" ? i.options.noise! : 0] as const);
  const mean = (hospital: string): number => noises.filter(([name]) => name === hospital).reduce((sum, [, noise], _, all) => sum + noise / all.length, 0);
  assert.ok(Math.abs(mean("a") / mean("b") - 1) > 0.1);
});

test("readers are as good as told, err on the same cases, and are surer when right", () => {
  const planned = plan({ testShare: 0.5 }, { count: 3000 });
  const readers = [{ name: "a", skill: 0.9 }, { name: "b", skill: 0.9 }, { name: "c", skill: 0.6 }];
  const reads = simulateReads(planned, readers, ["normal", "scoliosis"], { seed: 5 });
  const truth = new Map(planned.filter(({ split }) => split === "test").map((image) => [`images/${image.name}.png`, image.trueLabel]));
  assert.ok(reads.every((read) => truth.has(read.case)));
  const wrong = (name: string): Set<string> => new Set(reads.filter((read) => read.reader === name && read.label !== truth.get(read.case)).map((read) => read.case));
  const cases = reads.length / 3;
  // About 1,500 cases: standard errors of 0.8 and 1.3 %.
  for (const { name, skill } of readers) assert.ok(Math.abs(1 - wrong(name).size / cases - skill) < 0.04, `${name}: ${1 - wrong(name).size / cases}`);
  const both = [...wrong("a")].filter((one) => wrong("b").has(one)).length;
  assert.ok(both > 2 * 0.1 * wrong("a").size, `${both} common errors`);
  const sure = (right: boolean): number => reads.filter((read) => (read.label === truth.get(read.case)) === right).reduce((sum, { confidence }, _, all) => sum + confidence / all.length, 0);
  assert.ok(sure(true) > sure(false) + 0.1);
  assert.ok(reads.every(({ confidence, seconds }) => confidence >= 0.5 && confidence <= 1 && seconds >= 2 && seconds < 600));
});

test("the normal distribution function has its tabled values", () => {
  for (const [z, share] of [[0, 0.5], [1, 0.8413447], [-1.96, 0.0249979], [3, 0.9986501]] as const) assert.ok(Math.abs(normalShare(z) - share) < 2e-7);
});

test("the readers of study 3 read the independent hospital and are about as good as published", () => {
  const planned = planPhantomDataset({ count: 2000, seed: 1, study: "spondylolisthesis-readers" });
  const { readers, classes } = studies["spondylolisthesis-readers"];
  const reads = simulateReads(planned, readers, Object.keys(classes), { seed: 1 });
  const truth = new Map(planned.map((image) => [`images/${image.name}.png`, image]));
  assert.ok(reads.every((read) => truth.get(read.case)!.hospital === "harbor"));
  const right = reads.filter((read) => read.label === truth.get(read.case)!.trueLabel).length / reads.length;
  assert.ok(right > 0.86 && right < 0.92, `${right}`);
  assert.equal(new Set(reads.map(({ group }) => group)).size, 2);
});

test("wishes that cannot be met are refused", () => {
  const made = (options: Partial<PlanOptions>) => () => planPhantomDataset({ count: 2, seed: 1, ...options });
  assert.throws(made({ count: 0 }), { code: "phantom-count" });
  assert.throws(made({ classes: [] }), { code: "phantom-classes" });
  assert.throws(made({ classes: ["scoliosis", "spondylolysis"] }), { code: "phantom-classes" });
  assert.throws(made({ classes: ["normal", "normal"] }), { code: "phantom-classes" });
  assert.throws(made({ classes: ["scoliossis"] }), { message: /Did you mean "scoliosis"/ });
  assert.throws(made({ view: "lumbar-ap", classes: ["normal", "spondylolysis"] }), { code: "phantom-classes", message: /lumbar-lateral/ });
  assert.throws(made({ view: "lumbar-latral" as MadeView }), { code: "unknown-view", message: /lumbar-lateral/ });
  assert.throws(made({ study: "spine" as StudyName }), { code: "unknown-phantom-study" });
  assert.throws(made({ study: "spinal-tumor" as StudyName }), { message: /Did you mean "spinal-tumour"/ });
  assert.throws(made({ study: "spinal-tumour", classes: ["normal"] }), { message: /osteosarcoma, giant-cell-tumour/ });
  assert.throws(made({ study: "spinal-tumour", view: "lumbar-ap" }), { code: "phantom-classes" });
  assert.throws(made({ visits: 0 }), { code: "phantom-visits" });
  assert.throws(made({ size: 8 }), { code: "phantom-size" });
  assert.throws(made({ view: "disc-mri", size: 2048 }), { code: "phantom-size", message: /32 to 1024/ });
  for (const name of ["labelNoise", "hospitalTie", "nearDuplicates", "testShare", "splitPatients", "implants"]) assert.throws(() => plan({ [name]: 2 }), { code: "phantom-share" });
  assert.throws(() => plan({ readers: [{ name: "a", skill: 1.2 }] }), { code: "phantom-readers" });
  assert.throws(() => plan({ readers: [{ name: "a", skill: 1 }, { name: "a", skill: 1 }] }), { code: "phantom-readers" });
});
