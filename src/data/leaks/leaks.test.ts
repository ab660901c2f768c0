import assert from "node:assert/strict";
import test from "node:test";
import type { Case } from "../dataset.js";
import { findNamesakes, findTellingNames } from "./file-names.js";
import { findSharedIdentifiers, isIdentifierColumn } from "./identifier-columns.js";
import { nameKin } from "./kin.js";
import { matchGrey } from "./match-grey.js";
import { thresholdOf } from "./near-duplicates.js";
import { findSpellings, normalizePatient } from "./patient-names.js";
import { agreementOf } from "./tile-agreement.js";
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

test("10,000 names are compared in a second", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `${i.toString(26).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)]!)}son ${((i * 7919) % 99991).toString(26).replace(/\d/g, (digit) => "klmnopqrst"[Number(digit)]!)}berg`);
  const started = performance.now();
  findSpellings(names);
  assert.ok(performance.now() - started < 5000);
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

test("a pair is as alike as the tiles where it agrees least; faint tiles are forgiven what encoding adds (by hand)", () => {
  const tiles = (count: number, strength: number, covariance: number): { strength: number; covariance: number }[] => Array.from({ length: count }, () => ({ strength, covariance }));
  assert.equal(agreementOf(tiles(10, 100, 100)), 1);
  assert.equal(agreementOf([...tiles(6, 100, 100), ...tiles(4, 100, 48)]), 0.5);
  assert.equal(agreementOf([...tiles(9, 100, 100), ...tiles(1, 100, 0)]), 1);
  assert.equal(agreementOf([...tiles(9, 100, 100), ...tiles(4, 1, 0)]), 1);
  assert.equal(agreementOf(tiles(10, 0.1, 0.1)), 0);
});

test("the mark lies above what images agree in with their second best, within bounds (by hand)", () => {
  assert.equal(thresholdOf([], 10), 0.96);
  const alike = [0.9, 0.9, 0.9, 0.9].map((agreement, a) => ({ a, b: (a + 1) % 4, agreement }));
  assert.ok(Math.abs(thresholdOf(alike, 4) - Math.tanh(Math.atanh(0.9) + 0.6)) < 1e-12);
  assert.equal(thresholdOf(alike.map((pair) => ({ ...pair, agreement: 0.985 })), 4), 0.989);
});
