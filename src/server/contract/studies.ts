import { z } from "zod";
import { figureSchema, idSchema, momentSchema, pageOf, pageQuery } from "./basics.js";
import { lookers, makers, type RouteFacts } from "./route.js";

export const studyStates = ["queued", "running", "stopping", "stopped", "failed", "finished"] as const;

export const progressSchema = z.object({
  /** 0 to 1. */
  share: z.number(),
  task: z.string(),
  note: z.string().optional(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  at: momentSchema,
});

export const studySummarySchema = z.object({
  id: idSchema,
  name: z.string(),
  title: z.string(),
  question: z.string().optional(),
  state: z.enum(studyStates),
  /** Why it failed. */
  problem: z.string().optional(),
  progress: progressSchema.optional(),
  labels: z.array(z.string()),
  cases: z.number().int(),
  cells: z.number().int(),
  createdAt: momentSchema,
  finishedAt: momentSchema.optional(),
  /** Best cell by pooled accuracy. */
  best: z.object({ cell: z.string(), accuracy: figureSchema }).optional(),
});
export type StudySummary = z.infer<typeof studySummarySchema>;

const measures = z.object({ precision: figureSchema, recall: figureSchema, specificity: figureSchema, f1: figureSchema, auc: figureSchema });
export type MeasureName = keyof z.infer<typeof measures>;

/** A row of the study's table. */
export const cellSummarySchema = z.object({
  id: z.string(),
  network: z.string(),
  row: z.string(),
  regime: z.string(),
  start: z.string().optional(),
  view: z.string().optional(),
  parameters: z.object({ total: z.number(), trained: z.number() }),
  cases: z.number().int(),
  accuracy: figureSchema,
  macro: measures,
  kappa: figureSchema.optional(),
  /** Share of the heat map inside the known region, with the share of the image that the region is. */
  relevance: z.intersection(figureSchema, z.looseObject({ regionShareOfImage: z.number().optional() })).optional(),
  overFolds: z.record(z.string(), z.union([z.object({ mean: z.number(), standardDeviation: z.number(), folds: z.number() }), z.looseObject({ notEstimable: z.string() })])),
  seconds: z.number(),
});
export type CellSummary = z.infer<typeof cellSummarySchema>;

/** What the label can be told from. Name, degree and figures are enough to say it in another language; `title`, `sentence` and `remedy` say it in English. */
export const findingSchema = z.object({ name: z.string(), title: z.string(), sentence: z.string(), remedy: z.string(), degree: z.enum(["nearly", "well", "part", "little"]).optional(), auc: figureSchema, pAdjusted: z.number(), found: z.boolean(), urgent: z.boolean() });
export type Finding = z.infer<typeof findingSchema>;

export const comparisonSchema = z.looseObject({
  a: z.string(), b: z.string(), cases: z.number(), onlyA: z.number(), onlyB: z.number(), pValue: z.number(), pAdjusted: z.number(), difference: figureSchema, method: z.string(),
});

export const studySchema = studySummarySchema.extend({
  reference: z.string().optional(),
  data: z.object({ source: z.string(), cases: z.number(), units: z.number().optional(), patients: z.number().optional(), casesWithRegion: z.number(), classCounts: z.record(z.string(), z.number()), setAside: z.number() }).optional(),
  level: z.number().optional(),
  table: z.array(cellSummarySchema),
  comparisons: z.array(comparisonSchema),
  split: z.looseObject({ kind: z.string(), title: z.string(), summary: z.string() }).optional(),
  seeds: z.array(z.number()),
  folds: z.number().int(),
  /** What the label can be told from beside anatomy, the most telling first. */
  shortcuts: z.union([z.array(findingSchema), z.looseObject({ notEstimable: z.string() })]).optional(),
  leaks: z.object({ pairs: z.number(), contradictions: z.number(), keptTogether: z.number(), crossing: z.number() }).optional(),
  warnings: z.array(z.string()),
  notEstimable: z.array(z.object({ what: z.string(), reason: z.string() })),
  software: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** Command that repeats it. */
  reproduce: z.string().optional(),
  /** The recipe as YAML. */
  recipe: z.string().optional(),
  /** Whether images of the cases are at hand: whole, as networks saw them, or not at all. */
  images: z.enum(["original", "prepared", "none"]),
  hasReaders: z.boolean(),
});
export type Study = z.infer<typeof studySchema>;

export const performanceSchema = z.object({
  cases: z.number(), accuracy: figureSchema, macro: measures, perClass: z.record(z.string(), measures),
  /** confusion[true label][predicted label], in the order of the study's labels. */
  confusion: z.array(z.array(z.number())),
  roc: z.record(z.string(), z.array(z.object({ falsePositiveRate: z.number(), truePositiveRate: z.number() }))),
});

/** All of one cell: learning and ROC curves, confusion matrix, calibration. */
export const cellSchema = cellSummarySchema.extend({
  pooled: performanceSchema,
  folds: z.array(z.object({
    seed: z.number(), fold: z.number(), performance: performanceSchema, bestEpoch: z.number(), stoppedEarly: z.boolean(), seconds: z.number(),
    counts: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
    history: z.array(z.object({ epoch: z.number(), learningRate: z.number(), loss: z.number(), accuracy: z.number(), validationLoss: z.number().optional(), validationAccuracy: z.number().optional() })),
    model: z.object({ id: idSchema, sha256: z.string() }).optional(),
  })),
  calibration: z.object({
    brier: figureSchema,
    perClass: z.record(z.string(), z.looseObject({
      bins: z.array(z.object({ from: z.number(), to: z.number(), n: z.number(), meanProbability: z.number(), observed: figureSchema })),
      expectedError: figureSchema, largestError: figureSchema, brier: figureSchema, intercept: figureSchema, slope: figureSchema, jointP: z.number().optional(),
    })),
  }).optional(),
  decisions: z.record(z.string(), z.union([z.array(z.looseObject({ threshold: z.number(), model: figureSchema, treatAll: figureSchema })), z.looseObject({ notEstimable: z.string() })])).optional(),
  settings: z.record(z.string(), z.unknown()),
});
export type Cell = z.infer<typeof cellSchema>;

/** A task of a study: one network under one regime on one fold. */
export const taskSchema = z.object({
  id: z.string(), kind: z.string(), cell: z.string().optional(), seed: z.number().optional(), fold: z.number().optional(),
  state: z.enum(["waiting", "running", "finished", "failed", "stopped"]),
  attempt: z.number().int(), worker: z.string().optional(), progress: progressSchema.optional(), startedAt: momentSchema.optional(), finishedAt: momentSchema.optional(), problem: z.string().optional(),
  /** Epochs so far, from 1: live curves. */
  history: z.array(z.object({ epoch: z.number(), loss: z.number(), accuracy: z.number(), validationLoss: z.number().optional(), validationAccuracy: z.number().optional() })).optional(),
});
export type Task = z.infer<typeof taskSchema>;

/** One server-sent event of a study: `event: NAME`, `data: JSON`, `id: NUMBER`. */
export const studyEventSchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("state"), state: z.enum(studyStates), problem: z.string().optional() }),
  z.object({ event: z.literal("progress"), progress: progressSchema }),
  z.object({ event: z.literal("task"), task: taskSchema }),
  z.object({ event: z.literal("log"), line: z.string() }),
]);
export type StudyEvent = z.infer<typeof studyEventSchema>;

export const recipeIssueSchema = z.object({ line: z.number().int().optional(), column: z.number().int().optional(), path: z.string(), message: z.string() });
const studyParams = z.object({ study: idSchema });
const cellQuery = z.object({ cell: z.string().max(300) });
export const executors = ["local", "queue", "slurm"] as const;

/** Two networks on the decisions that both runs share, measure by measure; differences are a - b. */
const runPairSchema = z.looseObject({
  a: z.string(), b: z.string(), decisions: z.number().int(), patients: z.number().int(), onlyA: z.number().int(), onlyB: z.number().int(),
  measures: z.array(z.looseObject({ measure: z.enum(["accuracy", "macro F1", "AUC"]), label: z.string().optional(), a: figureSchema, b: figureSchema, difference: figureSchema, pAdjusted: z.number().optional(), test: z.string() })),
});
const runComparisonSchema = z.looseObject({ pairs: z.array(runPairSchema), warnings: z.array(z.string()) });
export type RunComparison = z.infer<typeof runComparisonSchema>;

export const studyRoutes = {
  studies: { method: "GET", path: "/studies", summary: "Studies, the newest first", roles: lookers, scope: "read", query: pageQuery.extend({ state: z.enum(studyStates).optional(), search: z.string().max(80).optional() }), response: pageOf(studySummarySchema) },
  startStudy: {
    method: "POST", path: "/studies", summary: "Start a study", roles: makers, scope: "run", status: 202, audit: "study.start", response: studySummarySchema,
    body: z.object({ recipe: z.string().max(200_000), dataset: idSchema, executor: z.enum(executors).default("local"), networks: z.array(z.string()).optional(), regimes: z.array(z.string()).optional(), seeds: z.array(z.number().int().nonnegative()).optional(), acceptLeaks: z.boolean().optional(), skipBad: z.boolean().optional() }),
  },
  study: { method: "GET", path: "/studies/:study", summary: "A study: table, comparisons, shortcuts, leaks", roles: lookers, scope: "read", params: studyParams, response: studySchema, audit: "study.look" },
  studyCell: { method: "GET", path: "/studies/:study/cell", summary: "One network under one regime: curves, confusion matrix, calibration", roles: lookers, scope: "read", params: studyParams, query: cellQuery, response: cellSchema },
  stopStudy: { method: "POST", path: "/studies/:study/stop", summary: "Stop at the next safe point", roles: makers, scope: "run", params: studyParams, response: studySummarySchema, status: 202, audit: "study.stop" },
  resumeStudy: { method: "POST", path: "/studies/:study/resume", summary: "Go on where it stopped", roles: makers, scope: "run", params: studyParams, response: studySummarySchema, status: 202, audit: "study.resume" },
  removeStudy: { method: "DELETE", path: "/studies/:study", summary: "Take a study out of the list; its folder stays", roles: makers, scope: "write", params: studyParams, audit: "study.remove" },
  studyEvents: { method: "GET", path: "/studies/:study/events", summary: "Progress as server-sent events", roles: lookers, scope: "read", params: studyParams, produces: "text/event-stream" },
  studyTasks: { method: "GET", path: "/studies/:study/tasks", summary: "Tasks with their workers", roles: lookers, scope: "read", params: studyParams, response: z.array(taskSchema) },
  taskLog: { method: "GET", path: "/studies/:study/log", summary: "Log of a study, or of one of its tasks", roles: makers, scope: "read", params: studyParams, query: z.object({ task: z.string().max(300).optional() }), produces: "text/plain" },
  studyFiles: { method: "GET", path: "/studies/:study/files", summary: "Files to download: report, tables, figures", roles: lookers, scope: "read", params: studyParams, response: z.array(z.object({ name: z.string(), bytes: z.number(), mediaType: z.string() })) },
  studyFile: { method: "GET", path: "/studies/:study/files/*", summary: "One file of a study", roles: lookers, scope: "read", params: studyParams.extend({ "*": z.string().max(400) }), produces: "application/octet-stream", audit: "study.download" },
  compareStudies: { method: "GET", path: "/comparison", summary: "Two studies on the cases that both predicted", roles: lookers, scope: "read", query: z.object({ a: idSchema, b: idSchema }), response: runComparisonSchema, audit: "study.compare" },
  recipes: { method: "GET", path: "/recipes", summary: "Recipes to begin from", roles: makers, scope: "read", response: z.array(z.object({ name: z.string(), title: z.string(), text: z.string() })) },
  recipeSchema: { method: "GET", path: "/recipes/schema", summary: "JSON schema of a recipe, for completion", roles: makers, scope: "read", response: z.looseObject({}) },
  checkRecipe: { method: "POST", path: "/recipes/check", summary: "What is wrong with a recipe, and how many tasks it makes", roles: makers, scope: "read", body: z.object({ recipe: z.string().max(200_000) }), response: z.object({ issues: z.array(recipeIssueSchema), cells: z.array(z.string()), tasks: z.number().int().optional() }) },
} as const satisfies Record<string, RouteFacts>;
