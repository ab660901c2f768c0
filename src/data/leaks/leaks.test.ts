import assert from "node:assert/strict";
import test from "node:test";
import type { Case } from "../dataset.js";
import { agreementOf, correlationOf, nearness, type Tile } from "./band-agreement.js";
import { choosePairs, thresholdOf } from "./choose-pairs.js";
import { findNamesakes, findTellingNames } from "./file-names.js";
import { findSharedIdentifiers, isIdentifierColumn } from "./identifier-columns.js";
import { nameKin } from "./kin.js";
import { matchGrey } from "./match-grey.js";
import type { Compared } from "./leak-tasks.js";
import { findSpellings, normalizePatient, sharingForms } from "./patient-names.js";
import { trimBorder } from "./trim-border.js";

function makeCase(id: string, more: Partial<Case> = {}): Case {
  return { id, file: `/x/${id}`, label: "normal", fields: {}, ...more };
}

const spellings = [
  ["Müller, Anna", "mueller anna"],
  ["MÜLLER^ANNA", "Anna Muller"],
  ["Dr. José Pérez-López", "perez lopez jose"],
  ["Weiß Jörg", "Joerg Weiss"],
  ["P-0012", "p12"],
  ["PAT_007", "pat 7"],
  ["Øystein Łukasz", "lukasz oystein"],
] as const;

test("one patient under two spellings is one: case, punctuation, leading zeros, umlauts, accents, order of words (by hand)", () => {
  for (const [a, b] of spellings) assert.equal(normalizePatient(a), normalizePatient(b), `${a} = ${b}`);
  assert.deepEqual(findSpellings(["Müller, Anna", "mueller anna", "Schmidt, Eva"]), [{ a: "Müller, Anna", b: "mueller anna", kind: "spelling" }]);
});

test("different patients stay different: numbers are never guessed at (by hand)", () => {
  for (const [a, b] of [["p12", "p13"], ["12-3", "3-12"], ["A1-2", "A12"], ["patient0001", "patient0011"], ["Anna Meier", "Anna Schmidt"], ["1", "10"]] as const) {
    assert.notEqual(normalizePatient(a), normalizePatient(b));
    assert.deepEqual(findSpellings([a, b]), []);
  }
});

test("long names one slip apart are found, short ones are not (by hand)", () => {
  for (const [a, b] of [["Katharina Schneider", "Katharina Schnieder"], ["Katharina Schneider", "Katarina Schneider"], ["Alexandra Vogt", "Alexandro Vogt"]] as const) {
    assert.deepEqual(findSpellings([a, b]).map(({ kind }) => kind), ["one-letter"], `${a}, ${b}`);
  }
  assert.deepEqual(findSpellings(["Eva Ott", "Eva Orr"]), []);
  assert.deepEqual(findSpellings(["Eva Ott", "Eva Ort"]), []);
});

test("of the 50 million pairs of 10,000 names, those that could be a slip apart are looked at, and no others", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `${i.toString(26).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)]!)}son${((i * 7919) % 99991).toString(26).replace(/\d/g, (digit) => "klmnopqrst"[Number(digit)]!)}berg`);
  assert.ok(sharingForms(names).length < 10_000);
  assert.deepEqual(sharingForms(["schneider", "schnieder", "schneder", "vogt"]), [[0, 1], [0, 2], [1, 2]]);
});

test("identifiers of DICOM are known by their column's name and tie the cases that share one", () => {
  for (const column of ["StudyInstanceUID", "series_uid", "SOPInstanceUID", "Accession Number", "study_uid"]) assert.ok(isIdentifierColumn(column), column);
  for (const column of ["study", "series", "age", "instance count", "uid of nothing"]) assert.ok(!isIdentifierColumn(column), column);
  const cases = ["1.2", "1.3", "1.2", ""].map((uid, i) => makeCase(`${i}.png`, { fields: { study_uid: uid } }));
  assert.deepEqual(findSharedIdentifiers(cases), [{ a: 0, b: 2, kind: "dicom-uid", column: "study_uid" }]);
});

test("a person's name in two file names ties them; ordinary words, labels and numbers do not", () => {
  const cases = ["a/mueller_anna_1.png", "b/Anna-Müller-2.png", "spine_lateral_1.png", "spine_lateral_2.png", "normal 1.png", "img0003.png", "img0004.png"].map((id) => makeCase(id));
  assert.deepEqual(findNamesakes([...cases, ...Array.from({ length: 4 }, (_, i) => makeCase(`x${i}.png`))]), [{ a: 0, b: 1, kind: "name-in-file" }]);
  const known = cases.map((one) => ({ ...one, patient: "7" }));
  assert.deepEqual(findNamesakes(known), []);
});

test("labels and patients in file names are told, by label", () => {
  const cases = [makeCase("scoliosis_1.png", { label: "scoliosis" }), makeCase("x2.png", { label: "scoliosis", patient: "Eva Ott" }), makeCase("ott-eva.png", { patient: "Eva Ott" }), makeCase("folder/normal/4.png")];
  const signs = findTellingNames(cases);
  assert.deepEqual(signs.map(({ kind, examples }) => [kind, examples]), [["label-in-file-name", [0]], ["patient-in-file-name", [2]]]);
  assert.deepEqual(signs[0]!.byLabel, { scoliosis: 1, normal: 0 });
  assert.ok(!signs.some(({ message }) => /ott/i.test(message)));
});

test("kin are the components of the pairs (by hand)", () => {
  assert.deepEqual(nameKin(6, [{ a: 0, b: 3 }, { a: 3, b: 5 }, { a: 1, b: 2 }]), ["1", "2", "2", "1", undefined, "1"]);
});

test("flat borders are trimmed, one frame inside another, and a picture without any stays whole (by hand)", () => {
  const [height, width] = [40, 30];
  const pixels = Uint8Array.from({ length: height * width }, (_, i) => (i * 37 + Math.floor(i / width) * 11) % 251);
  assert.deepEqual(trimBorder({ pixels, height, width }, 3), { row: 0, column: 0, height, width });
  const framed = new Uint8Array(60 * 50).fill(255);
  for (let row = 4; row < 56; row++) for (let column = 3; column < 47; column++) framed[row * 50 + column] = 0;
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) framed[(row + 10) * 50 + column + 10] = pixels[row * width + column]!;
  assert.deepEqual(trimBorder({ pixels: framed, height: 60, width: 50 }, 3), { row: 10, column: 10, height, width });
});

test("a change of gamma and a negative are undone by laying quantiles on quantiles (by hand)", () => {
  const levels = Float32Array.from({ length: 4096 }, (_, i) => 255 * ((i * 1999) % 4096) / 4095);
  for (const [sign, change] of [[1, (value: number) => 255 * (value / 255) ** 0.6], [-1, (value: number) => 255 - 0.8 * value]] as const) {
    const changed = levels.map(change);
    const most = Math.max(...matchGrey(levels, changed, sign).map((value, i) => Math.abs(value - changed[i]!)));
    assert.ok(most <= 4, `${most} levels`);
  }
});

const tiles = (count: number, variance: number, covariance: number): Tile[] => Array.from({ length: count }, () => ({ varianceA: variance, varianceB: variance, covariance }));

test("detail is correlated over all tiles but the tenth that differs most, and noise is forgiven (by hand)", () => {
  assert.equal(correlationOf(tiles(10, 100, 100), 2), 1);
  assert.ok(Math.abs(correlationOf(tiles(10, 98, 48), 2) - 0.5) < 1e-12);
  assert.equal(correlationOf([...tiles(9, 100, 100), ...tiles(1, 5000, -5000)], 2), 1);
  assert.equal(correlationOf(tiles(10, 0.01, 0.01), 2), 0);
});

test("agreement is 1 less the weighted geometric mean of what the bands lack to perfect correlation (by hand)", () => {
  assert.ok(Math.abs(agreementOf([0.99, 0.99, 0.99]) - 0.99) < 1e-12);
  assert.ok(Math.abs(agreementOf([0.99, 0.9999, 0.9]) - (1 - 0.1 * 0.1 * 0.1 ** 0.25)) < 1e-12);
  assert.ok(Math.abs(nearness(agreementOf([0.99, 0.99, 0.99])) - Math.log(100)) < 1e-9);
});

test("the mark lies at 0.9942 and rises with what images agree in with their second best, within bounds (by hand)", () => {
  assert.ok(Math.abs(thresholdOf([], 10) - (1 - Math.exp(-5.15))) < 1e-12);
  const alike = [0.985, 0.985, 0.985, 0.985].map((agreement, a) => ({ a, b: (a + 1) % 4, agreement }));
  assert.ok(Math.abs(thresholdOf(alike, 4) - (1 - 0.015 * Math.exp(-1.15))) < 1e-12);
  assert.ok(Math.abs(thresholdOf(alike.map((pair) => ({ ...pair, agreement: 0.999 })), 4) - (1 - Math.exp(-5.6))) < 1e-12);
});

const whole = { left: 0, top: 0, width: 1, height: 1 };

test("a weak pair goes where both have a clearly better partner, and a pair compared in two ways counts once (by hand)", () => {
  const pair = (a: number, b: number, agreement: number, isMirrored = false): Compared => ({ a, b, agreement, isMirrored, overlap: 1, correlation: 0.9, mapping: whole, start: whole });
  const chosen = choosePairs([pair(0, 1, 0.9995), pair(3, 2, 0.9995), pair(3, 2, 0.993, true), pair(1, 3, 0.9945), pair(1, 4, 0.9945)]);
  assert.deepEqual(chosen.map(({ a, b, isMirrored }) => [a, b, isMirrored]), [[0, 1, false], [1, 4, false], [2, 3, false]]);
});
