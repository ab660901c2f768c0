import assert from "node:assert/strict";
import test from "node:test";
import { parseDicom } from "../../dicom/index.js";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import { chooseModel, readRoutedImage } from "./choose-model.js";
import { ruleSchema } from "./rules.js";

const image = (values: Record<string, string> = {}): ReturnType<typeof readRoutedImage> =>
  readRoutedImage(parseDicom(syntheticFile({ Modality: "DX", BodyPartExamined: "LSPINE", ViewPosition: "LL", PatientAge: "045Y", StudyDescription: "LWS seitlich, Frau Muster", Manufacturer: "Maker", ...values }, undefined)));

const rules = [
  ruleSchema.parse({ name: "lateral", when: { modality: ["CR", "DX"], bodyPart: "*SPINE", view: "ll", age: { from: 18, to: 90 } }, unless: { description: "prosthe*" }, model: "lumbar" }),
  ruleSchema.parse({ name: "by text", when: { modality: "DX", description: ["wirbel", "lws"] }, model: "any" }),
];

test("the first rule that fits gives the model", () => {
  const chosen = (list: typeof rules, one: ReturnType<typeof image>): unknown => {
    const route = chooseModel(list, one);
    return "rule" in route ? [route.rule.name, route.rule.model] : route.reasons;
  };
  assert.deepEqual(chosen(rules, image()), ["lateral", "lumbar"]);
  assert.deepEqual(chosen(rules, image({ PatientAge: "017Y" })), ["by text", "any"]);
  assert.deepEqual(chosen(rules, image({ SeriesDescription: "mit Prosthese" })), ["by text", "any"]);
  assert.deepEqual(chosen([ruleSchema.parse({ name: "all", model: "m" })], image()), ["all", "m"]);
});

test("what no rule fits is told with a reason for each, without any free text", () => {
  const route = chooseModel(rules, image({ Modality: "MR", StudyDescription: "Muster^Erika" }));
  assert.deepEqual(route, { reasons: ["rule lateral: modality MR, wanted CR, DX", "rule by text: modality MR, wanted DX"] });
  const unknown = chooseModel(rules, image({ BodyPartExamined: "", PatientAge: "", StudyDescription: "Muster^Erika" }));
  assert.deepEqual(unknown, { reasons: ["rule lateral: body part not told, wanted *SPINE", "rule by text: no description contains wirbel, lws"] });
  const young = chooseModel(rules.slice(0, 1), image({ PatientAge: "006M" }));
  assert.deepEqual(young, { reasons: ["rule lateral: age outside 18 to 90 years"] });
});

test("letters of patterns have no meaning of their own but * and ?", () => {
  const rule = ruleSchema.parse({ name: "r", when: { bodyPart: ["L.PINE", "(", "L?PINE"] }, model: "m" });
  assert.ok("rule" in chooseModel([rule], image()));
  assert.ok("reasons" in chooseModel([ruleSchema.parse({ name: "r", when: { bodyPart: ["L.PINE", "SPINE"] }, model: "m" })], image()));
});

test("rules that cannot be meant are refused", () => {
  for (const bad of [{ name: "", model: "m" }, { name: "r" }, { name: "r", model: "m", when: { modality: [] } }, { name: "r", model: "m", when: { age: {} } }, { name: "r", model: "m", when: { age: { from: 9, to: 3 } } }, { name: "r", model: "m", when: { bodypart: "X" } }]) {
    assert.equal(ruleSchema.safeParse(bad).success, false);
  }
});
