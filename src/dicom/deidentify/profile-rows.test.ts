import assert from "node:assert/strict";
import test from "node:test";
import { widthOf, type Element } from "../dataset.js";
import { attributeOf } from "../dictionary/index.js";
import { buildDataset } from "../write/build-dataset.js";
import { deidentifyDataset } from "./deidentify-dataset.js";
import { actionFor, optionNames, profileRowOf, profileRows, type OptionName, type ProfileRow } from "./profile.js";
import { createPseudonyms } from "./pseudonyms.js";

const pseudonyms = createPseudonyms(Buffer.from("a key for tests only"));
const planted: Readonly<Record<string, string>> = {
  AE: "PLANTEDAE", AS: "047Y", CS: "PLANTED", DA: "20210314", DS: "4711.25", DT: "20210314092653", IS: "4711", LO: "Planted Name", LT: "Planted Name", PN: "Planted^Name", SH: "Planted Name", ST: "Planted Name", TM: "092653", UC: "Planted Name",
  UI: "1.2.3.4711", UR: "http://planted.example/name", UT: "Planted Name",
};

const tagOfRow = ({ attribute }: ProfileRow): number => (attribute === "private" ? 0x00091001 : Number.parseInt(attribute.replaceAll("X", "0"), 16));

function plantedElement(row: ProfileRow): Element {
  const tag = tagOfRow(row);
  const told = attribute(tag);
  if (told === "SQ") return { tag, vr: "SQ", bytes: new Uint8Array(0), items: [buildDataset({ PatientID: "4711", CodeMeaning: "Planted Name", ReferencedSOPInstanceUID: "1.2.3.4711" })] };
  const text = planted[told];
  if (text !== undefined) return { tag, vr: told, bytes: Buffer.from(text.length % 2 === 0 ? text : `${text}${told === "UI" ? "\0" : " "}`) };
  return { tag, vr: told, bytes: new Uint8Array(2 * (widthOf(told) ?? 8)).fill(0x41) };
}

function attribute(tag: number): string {
  const vr = attributeOf(tag)?.vr ?? "LO";
  return vr === "xs" ? "US" : vr === "ox" || vr === "lt" ? "OW" : vr;
}

/** What the standard asks of each action, for one value. */
function check(row: ProfileRow, options: ReadonlySet<OptionName>): void {
  const before = plantedElement(row);
  const { tag, vr } = before;
  const source = buildDataset({ SOPClassUID: "1.2.840.10008.5.1.4.1.1.1", PatientBirthDate: undefined });
  source.set(before);
  const { dataset } = deidentifyDataset(source, { pseudonyms, options });
  const after = dataset.elements.get(tag);
  const action = actionFor(row, options);
  const bytes = Buffer.from(after?.bytes ?? []);
  const isSame = after !== undefined && bytes.equals(Buffer.from(before.bytes)) && JSON.stringify(before.items?.[0]?.text("CodeMeaning")) === JSON.stringify(after.items?.[0]?.text("CodeMeaning"));
  const says = `${row.attribute} ${attributeOf(tag)?.keyword} (${vr}) ${action} [${[...options].join()}]`;
  const isWritten = [0x00100010, 0x00100020, 0x00120063, 0x00120064, 0x00120062, 0x00280303].includes(tag);
  if (isWritten) return assert.ok(after !== undefined && !isSame, says);
  if (action === "X") assert.equal(after, undefined, says);
  else if (action === "Z" || action === "X/Z") assert.ok(after !== undefined && bytes.length === 0 && (after.items ?? []).length === 0, says);
  else if (action === "K") {
    // A sequence that is kept is cleaned inside; addresses in the network are never kept.
    if (vr === "SQ") assert.equal(after?.items?.length, 1, says);
    else if (vr !== "UR") assert.ok(isSame, says);
  } else if (vr === "SQ") assert.doesNotMatch(JSON.stringify(after?.items?.map((item) => [...item.elements.values()].map((one) => Buffer.from(one.bytes).toString("latin1"))) ?? ""), /4711/, says);
  else if (action === "U" || action === "X/Z/U*") assert.match(bytes.toString("latin1"), /^2\.25\.\d+\0?$/, says);
  else if (action === "C") assert.doesNotMatch(bytes.toString("latin1"), /lanted|4711|20210314/i, says);
  else assert.ok(after !== undefined && bytes.length > 0 && !isSame, says);
}

test("every row of table E.1-1 is done by the basic profile as it says", () => {
  assert.equal(profileRows.length, 621);
  for (const row of profileRows) check(row, new Set());
});

for (const name of Object.keys(optionNames) as OptionName[]) {
  test(`every row of table E.1-1 is done as it says with the option ${name}`, () => {
    for (const row of profileRows) if (name in row.options) check(row, new Set([name]));
  });
}

test("rows are found by their tags, repeating groups and private ones included", () => {
  for (const row of profileRows) assert.equal(profileRowOf(tagOfRow(row)), row, row.attribute);
  assert.equal(profileRowOf(0x60223000)?.basic, "X");
  assert.equal(profileRowOf(0x50100005)?.basic, "X");
  assert.equal(profileRowOf(0x00280010), undefined);
});

test("an option that keeps wins over one that cleans (worked by hand: SeriesDate)", () => {
  const row = profileRowOf(0x00080021)!;
  assert.equal(actionFor(row, new Set(["retain-full-dates"])), "K");
  assert.equal(actionFor(row, new Set(["retain-modified-dates"])), "C");
});
