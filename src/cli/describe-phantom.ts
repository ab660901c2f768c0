import { conditions, postures, shortcuts, studies, tableColumns, readColumns, views, type DatasetDesign } from "../phantom/index.js";
import { phantomMake } from "./commands/phantom-make.js";

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

const code = (text: string): string => `\`${text}\``;
const codes = (names: readonly string[]): string => names.map(code).join(", ");

function viewRows(): string[][] {
  return Object.entries(views).map(([name, { title, summary, bends }]) => {
    const seen = Object.entries(conditions).filter(([, facts]) => (facts.views as readonly string[]).includes(name)).map(([condition]) => condition);
    return [code(name), title, summary, bends ? postures.join(", ") : "neutral", name === "disc-mri" ? codes(["normal", "bulge", "herniation", "stenosis"]) : codes(seen)];
  });
}

function studyRow([name, design]: [string, DatasetDesign]): string[] {
  const classes = Object.entries(design.classes).map(([label, recipes]) => {
    const looks = recipes.map((recipe) => (recipe.kind === "disc-mri" ? recipe.state : recipe.condition));
    return looks.length === 1 && looks[0] === label ? label : `${label}: ${looks.join(", ")}`;
  });
  const taken = new Set(Object.values(design.classes).flatMap((recipes) => recipes.flatMap((recipe) => (recipe.kind === "disc-mri" ? [`sagittal ${recipe.sequences.join(" and ").toUpperCase()}`] : [`${recipe.views.join(" and ")}${recipe.postures === undefined ? "" : ` (${recipe.postures.join(", ")})`}`]))));
  const ages = design.people?.ageYears ?? [12, 60];
  return [code(name), design.summary, classes.join("; "), [...taken].join("; "), `1 to ${design.visits}`, String(design.size), ages.join(" to ")];
}

function optionRows(): string[][] {
  return (phantomMake.options ?? []).map(({ flags, description }) => [code(flags), description]);
}

/** The reference page of the simulated images, from the facts on the shelves and of the command. */
export function describePhantom(): string {
  return `# Simulated images

<!-- Made from the facts in src/phantom and src/cli by describePhantom(); do not edit. -->

A spine in three dimensions is placed, projected and exposed, or cut for MRI; what is so is known of every image. No image is of
any person. The same options give the same bytes on any machine.

\`\`\`
${phantomMake.examples.join("\n")}
\`\`\`

A folder is used as it is: \`osteon data inspect OUT/labels.csv\`, \`osteon study run RECIPE --data OUT/labels.csv\`.

## Views

${table(["view", "title", "what", "postures", "conditions seen"], viewRows())}

A patient comes to one or more visits (studies); a visit takes every view, posture or sequence of its data set once. A patient
has one class. All classes of a data set have the same ages, so that age and sex tell nothing.

## Conditions

${table(["condition", "what", "views", "grades, mildest first", "source of its ranges"], Object.entries(conditions).map(([name, { title, summary, views: seen, grades, reference }]) => [code(name), `${title}. ${summary}.`, codes(seen), grades.join(", "), reference]))}

People are drawn from published spreads: size of vertebrae and discs (Panjabi et al. 1991, Spine 16:861 and 16:888, 1992, Spine
17:299; Pooni et al. 1986, Surg Radiol Anat 8:175; Kunkel et al. 2011, J Anat 219:375), sacral slope, lordosis and kyphosis (Vialle
et al. 2005, J Bone Joint Surg Am 87:260; Roussouly et al. 2005, Spine 30:346; Fon et al. 1980, AJR 134:979), bone density by
age (Riggs et al. 2004, J Bone Miner Res 19:1945), wear of discs by age (Miller et al. 1988, Spine 13:173). Cobb angles are
measured as Cobb 1948 did, slips as Taillard 1954, graded by Meyerding 1932. Discs on MRI have Pfirrmann's grades (2001, Spine
26:1873), a depth of the canal (stenotic below 10 mm: Steurer et al. 2011, BMC Musculoskelet Disord 12:175), bulges and herniations.

## Data sets of the studies

${table(["study", "what", "classes", "images of a visit", "visits", "height, px", "ages"], Object.entries(studies as Record<string, DatasetDesign>).map(studyRow))}

- \`spine-abnormality\`: who knows the view alone is right in two of three cases, as in the published sets; who must tell normal from
  ill within a view needs the spine.
- \`musculoskeletal-radiograph\`: no implants, which only the ill would have; \`--implants 0.2\` gives them to a fifth of each class.
- \`spondylolisthesis-readers\`: three hospitals (${studies["spondylolisthesis-readers"].hospitals.join(", ")}), of which ${studies["spondylolisthesis-readers"].testHospital} is the test split; ${studies["spondylolisthesis-readers"].readers.length} readers read it, with the accuracies published
  for the study (87.9 to 90 %). The region is the pars and the foramen of the level, in normal spines of L4 and L5.
- \`spinal-tumour\`: the region is the lesion. \`disc-state\`: the region is the disc with the canal behind it, \`boxes\` the box to cut out.
  Herniations and stenoses lie at the levels where they are usual, so that the level alone tells a little.

## Experiments

Each is off unless asked for.

${table(["option", "what"], optionRows())}

Shortcuts, by what they tie to every class but the first:

${table(["shortcut", "what"], Object.entries(shortcuts).map(([name, { summary }]) => [code(name), summary]))}

With strength s an image follows its class with probability s and is drawn freely else: at 1 the attribute is a perfect
predictor, at 0 it tells nothing. Shares of patients (labels, test split, implants) are exact to the nearest patient. Readers err on the same hard
cases: half the variance of their impression is the case's own.

## Files

| file | what |
| --- | --- |
| \`images/\` | 8- or 16-bit grey PNG with its pixel spacing (pHYs), bone bright but where \`inverted\` says otherwise; with \`--format dicom\` CR, DX or MR objects of 12 or 16 bits |
| \`regions/\`, \`lesions/\`, \`apices/\` | masks, 0 or 255 |
| \`vertebrae/\`, \`discs/\` | one number per structure, see below. Only bodies: the arch is in the region where it matters |
| \`labels.csv\` | one row per image; written last, so that a table is never of half a data set |
| \`coco.json\` | box and mask of every vertebra, disc and lesion, whatever lies over it (COCO, run lengths down the columns) |
| \`truth.jsonl\` | one JSON object per image: labels, every parameter, the SHA-256 of the image, endplates, Cobb angle, slips, boxes |
| \`reads.csv\` | answers of simulated readers, where there are readers: of the test split, or of all images without one |
| \`plan.json\` | what tells whether a folder belongs to the same command |

\`osteon phantom make --again OUT/truth.jsonl --name P0003-2 --out DIR\` (in a program \`makePhantomsAgain({ truth, names, directory })\`)
makes an image and its masks again to the same bytes, or says that another version of the generator wrote them.

With \`--format dicom\` a radiograph has its spacing on the detector, 150 mm behind the spine, with the distances and the magnification by which it becomes \`spacing_mm\`; an MR slice has its place in the patient.
Patients and visits are patients and studies, made up: \`PatientIdentityRemoved\` is YES, \`QualityControlSubject\` too. UIDs follow from what makes the image, so that the same command gives the same bytes.

### Columns of labels.csv

${table(["column", "what"], Object.entries(tableColumns).map(([name, what]) => [code(name), what]))}

### Columns of reads.csv

${table(["column", "what"], Object.entries(readColumns).map(([name, what]) => [code(name), what]))}

## What is not realistic

- Bones are smooth solids of two layers, a shell and a spongy inside of even density: there is no trabecular pattern, no vessel
  groove, no variant such as a lumbosacral transition or a sixth lumbar vertebra, and no skull, arm or hip.
- Soft tissue is water of even density in a few ellipsoids and lofts; organs have no inner structure, and bowel gas is drawn, not simulated.
- Scatter is a blurred share of the primary, not traced; the tube's spectrum is four energies; metal makes no streaks.
- A posture bends the lumbar lordosis by a fixed amount; whole-spine images are taken in one exposure and not stitched.
- A patient has one finding. Tumors lie in L1 to L5, fractures at T12 to L3; there is no infection, metastasis or scar.
- MRI is one mid-sagittal slice of spin echoes without chemical shift, flow or partial volume across the slice. A hospital shows in its noise alone.
- Simulated readers have one skill for all classes and no bias to either.
- How far whole-spine images are from real ones is measured in [simulated and real radiographs](../results/simulated-and-real.md).
`;
}
