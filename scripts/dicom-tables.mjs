// Writes the tables of src/dicom from the machine-readable standard of innolitics/dicom-standard (edition 2024b):
//   node scripts/dicom-tables.mjs FOLDER   (FOLDER holds attributes.json and confidentiality_profile_attributes.json)
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const folder = process.argv[2];
const read = (file) => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
const origin = `// Made by scripts/dicom-tables.mjs from the standard's tables as innolitics/dicom-standard publishes them (MIT), edition 2024b.`;

const vrs = { "OB or OW": "ox", "US or SS": "xs", "US or SS or OW": "lt", "US or OW": "lt", "See Note 2": "na", "": "UN" };
const attributes = read("attributes.json").filter(({ keyword }) => keyword !== "");
const entries = attributes.map(({ tag, valueRepresentation: vr, keyword }) => `${tag.replaceAll(/[(),]/g, "")}${vrs[vr] ?? vr}${keyword}`);

/** Words in lines of about `width` characters. */
function lines(words, width, separator = " ") {
  const rows = [];
  for (const word of words) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + word.length < width) rows[rows.length - 1] = last + separator + word;
    else rows.push(word);
  }
  return rows.join("\n");
}

writeFileSync(
  "src/dicom/dictionary/table.ts",
  `${origin}
// Per attribute: tag (X stands for any digit), value representation, keyword. "xs" is US or SS, "ox" OB or OW, "lt" US, SS or OW.
/** @see DICOM PS3.6 2024b, tables 6-1, 7-1 and 8-1 */
export const attributeTable = \`
${lines(entries, 480)}
\`;
`,
);

const options = { rtnLongFullDatesOpt: "f", rtnLongModifDatesOpt: "m", cleanDescOpt: "d", rtnUIDsOpt: "u", rtnDevIdOpt: "v", rtnPatCharsOpt: "p", rtnInstIdOpt: "i", cleanGraphOpt: "g", cleanStructContOpt: "s", rtnSafePrivOpt: "r" };
const rows = read("confidentiality_profile_attributes.json").map((row) => {
  const tag = row.tag.startsWith("(gggg") || /rivate/.test(row.name) ? "private" : row.tag.replaceAll(/[(),]/g, "").toUpperCase();
  const told = Object.entries(options).flatMap(([key, letter]) => (row[key] === undefined ? [] : [letter + row[key]]));
  return [tag, row.basicProfile, ...told].join(" ");
});
writeFileSync(
  "src/dicom/deidentify/profile-table.ts",
  `${origin}
// Per row: tag, action of the basic profile, then the actions of the options that differ: f full dates, m modified dates,
// d descriptors, u UIDs, v device, p patient characteristics, i institution, g graphics, s structured content, r safe private.
/** @see DICOM PS3.15 2024b, table E.1-1; ${rows.length} rows */
export const profileTable = \`
${lines(rows, 150, " | ")}
\`;
`,
);
console.log(entries.length, "attributes,", rows.length, "rows");
