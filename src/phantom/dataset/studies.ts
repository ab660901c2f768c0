import type { CaseRecipe, DatasetDesign } from "./case-recipe.js";

const adults = { ageYears: [18, 75] } as const;
const lateral = (condition: "normal" | "degenerative-spondylolisthesis" | "isthmic-spondylolisthesis" | "spondylolysis" | "compression-fracture" | "disc-degeneration"): CaseRecipe => ({
  kind: "radiograph", condition, views: ["lumbar-lateral"], ...(condition === "normal" ? { people: adults } : {}),
});

/** Data sets whose classes, views, patients and regions fit the five studies, and the plain one of the demo. */
export const studies = {
  scoliosis: {
    title: "Whole-spine AP: normal and scoliosis",
    summary: "One view, two classes told apart by the Cobb angle alone",
    classes: {
      normal: [{ kind: "radiograph", condition: "normal", views: ["whole-spine-ap"] }],
      scoliosis: [{ kind: "radiograph", condition: "scoliosis", views: ["whole-spine-ap"] }],
    },
    visits: 3,
    size: 448,
  },
  "spine-abnormality": {
    title: "Spine abnormality",
    summary: "Normal, scoliosis and spondylolisthesis; normal spines from the front and the side, so that the view tells nothing alone",
    classes: {
      normal: [{ kind: "radiograph", condition: "normal", views: ["whole-spine-ap"] }, lateral("normal")],
      scoliosis: [{ kind: "radiograph", condition: "scoliosis", views: ["whole-spine-ap"] }],
      spondylolisthesis: [lateral("isthmic-spondylolisthesis"), lateral("degenerative-spondylolisthesis")],
    },
    visits: 2,
    size: 384,
  },
  "musculoskeletal-radiograph": {
    title: "Normal or abnormal",
    summary: "Lumbar spine, abnormal by fracture, tumor, severe wear or implants",
    classes: {
      normal: [{ kind: "radiograph", condition: "normal", views: ["lumbar-lateral", "lumbar-ap"], people: { ageYears: [15, 50] } }],
      abnormal: [
        lateral("compression-fracture"),
        { kind: "radiograph", condition: "sclerotic-tumor", views: ["lumbar-lateral", "lumbar-ap"] },
        { kind: "radiograph", condition: "lytic-tumor", views: ["lumbar-lateral", "lumbar-ap"] },
        { kind: "radiograph", condition: "disc-degeneration", views: ["lumbar-lateral", "lumbar-ap"], objects: ["implants"] },
      ],
    },
    visits: 2,
    size: 320,
  },
  "spondylolisthesis-readers": {
    title: "Spondylolysis, degenerative spondylolisthesis or normal, with six readers",
    summary: "Lateral, flexion and extension lumbar views of two hospitals; a third is the independent test set",
    classes: {
      normal: [{ ...lateral("normal"), postures: ["neutral", "flexion", "extension"] } as CaseRecipe],
      spondylolysis: [{ ...lateral("spondylolysis"), postures: ["neutral", "flexion", "extension"] } as CaseRecipe],
      "degenerative-spondylolisthesis": [{ ...lateral("degenerative-spondylolisthesis"), postures: ["neutral", "flexion", "extension"] } as CaseRecipe],
    },
    visits: 3,
    size: 320,
    hospitals: ["north", "south", "harbor"],
    testHospital: "harbor",
    readers: [
      { name: "orthopedist-1", skill: 0.9 }, { name: "orthopedist-2", skill: 0.89 }, { name: "orthopedist-3", skill: 0.88 },
      { name: "radiologist-1", skill: 0.9 }, { name: "radiologist-2", skill: 0.89 }, { name: "radiologist-3", skill: 0.88 },
    ],
  },
  "spinal-tumor": {
    title: "Osteosarcoma or giant-cell tumor",
    summary: "Sclerotic against lytic soap-bubble tumors of the lumbar spine",
    classes: {
      osteosarcoma: [{ kind: "radiograph", condition: "sclerotic-tumor", views: ["lumbar-lateral", "lumbar-ap"], people: { ageYears: [15, 50] } }],
      "giant-cell-tumor": [{ kind: "radiograph", condition: "lytic-tumor", views: ["lumbar-lateral", "lumbar-ap"], people: { ageYears: [15, 50] } }],
    },
    visits: 2,
    size: 320,
  },
  "disc-state": {
    title: "State of a lumbar disc on sagittal MRI",
    summary: "Normal, herniation and stenosis; the box around the disc is the region of interest to cut out",
    classes: {
      normal: [{ kind: "disc-mri", state: "normal", sequences: ["t2", "t1"] }],
      herniation: [{ kind: "disc-mri", state: "herniation", sequences: ["t2", "t1"] }],
      stenosis: [{ kind: "disc-mri", state: "stenosis", sequences: ["t2", "t1"] }],
    },
    visits: 2,
    size: 256,
  },
} as const satisfies Record<string, DatasetDesign>;

export type StudyName = keyof typeof studies;
