import type { ConditionName } from "../conditions/index.js";
import type { CaseRecipe, DatasetDesign } from "./case-recipe.js";

const wholeFront = (condition: ConditionName): CaseRecipe => ({ kind: "radiograph", condition, views: ["whole-spine-ap"] });
const side = (condition: ConditionName): CaseRecipe => ({ kind: "radiograph", condition, views: ["lumbar-lateral"] });
const bothViews = (condition: ConditionName): CaseRecipe => ({ kind: "radiograph", condition, views: ["lumbar-lateral", "lumbar-ap"] });
const dynamic = (condition: ConditionName): CaseRecipe => ({ ...side(condition), postures: ["neutral", "flexion", "extension"] }) as CaseRecipe;
const disc = (state: "normal" | "herniation" | "stenosis"): CaseRecipe => ({ kind: "disc-mri", state, sequences: ["t2", "t1"] });

/** Data sets whose classes, views, patients and regions fit the five studies, and the plain one of the demonstration. */
export const studies = {
  scoliosis: {
    title: "Scoliosis or normal",
    summary: "One view, two classes told apart by the Cobb angle alone",
    classes: { normal: [wholeFront("normal")], scoliosis: [wholeFront("scoliosis")] },
    visits: 3,
    size: 448,
  },
  "spine-abnormality": {
    title: "Spine abnormality",
    summary: "As published sets are: scoliosis only from the front, spondylolisthesis only from the side; half of the normal spines each way, so that the view leaves two classes open and never tells the normal one",
    classes: {
      normal: [wholeFront("normal"), side("normal")],
      scoliosis: [wholeFront("scoliosis")],
      spondylolisthesis: [side("isthmic-spondylolisthesis"), side("degenerative-spondylolisthesis")],
    },
    visits: 2,
    size: 384,
    people: { ageYears: [18, 75] },
  },
  "musculoskeletal-radiograph": {
    title: "Normal or abnormal",
    summary: "Lumbar studies of two views each; abnormal by fracture, tumor or worn disc",
    classes: {
      normal: [bothViews("normal")],
      abnormal: [bothViews("compression-fracture"), bothViews("sclerotic-tumor"), bothViews("lytic-tumor"), bothViews("disc-degeneration")],
    },
    visits: 2,
    size: 320,
    people: { ageYears: [20, 70] },
  },
  "spondylolisthesis-readers": {
    title: "Spondylolysis, degenerative spondylolisthesis or normal",
    summary: "Lateral, flexion and extension views of two hospitals; a third is the independent test set, read by three orthopaedists and three radiologists",
    classes: {
      normal: [{ ...dynamic("normal"), relevant: { kind: "pars-and-foramen", levels: ["L4", "L5"] } } as CaseRecipe],
      spondylolysis: [dynamic("spondylolysis")],
      "degenerative-spondylolisthesis": [dynamic("degenerative-spondylolisthesis")],
    },
    visits: 1,
    size: 320,
    people: { ageYears: [18, 75] },
    hospitals: ["north", "south", "harbor"],
    testHospital: "harbor",
    readers: [
      { name: "orthopaedist-1", group: "orthopaedists", skill: 0.9 },
      { name: "orthopaedist-2", group: "orthopaedists", skill: 0.889 },
      { name: "orthopaedist-3", group: "orthopaedists", skill: 0.879 },
      { name: "radiologist-1", group: "radiologists", skill: 0.895 },
      { name: "radiologist-2", group: "radiologists", skill: 0.89 },
      { name: "radiologist-3", group: "radiologists", skill: 0.885 },
    ],
  },
  "spinal-tumour": {
    title: "Osteosarcoma or giant-cell tumour",
    summary: "Mixed sclerotic against lytic soap-bubble tumours of the lumbar spine, two views each; the lesion is the region",
    classes: { osteosarcoma: [bothViews("sclerotic-tumor")], "giant-cell-tumour": [bothViews("lytic-tumor")] },
    visits: 2,
    size: 320,
    people: { ageYears: [15, 50] },
  },
  "disc-state": {
    title: "State of a lumbar disc on sagittal MRI",
    summary: "Normal, herniation and stenosis, T2 and T1; the box around the disc is the region of interest to cut out",
    classes: { normal: [disc("normal")], herniation: [disc("herniation")], stenosis: [disc("stenosis")] },
    visits: 1,
    size: 256,
    people: { ageYears: [22, 70] },
  },
} as const satisfies Record<string, DatasetDesign>;

export type StudyName = keyof typeof studies;
