import { z } from "zod";
import { boxSchema, idSchema, momentSchema, pageOf, pageQuery, shapeSchema } from "./basics.js";
import { lookers, makers, type RouteFacts } from "./route.js";

export const caseFilters = ["wrong", "right", "uncertain", "elsewhere"] as const;
export const caseSorts = ["name", "confidence", "-confidence", "relevance", "-relevance"] as const;

/** Which cases of which cell, in which order; the same words for a list and for the neighbours of a case. */
export const caseSelection = z.object({
  /** The first of the table where left out. */
  cell: z.string().max(300).optional(),
  seed: z.coerce.number().int().optional(),
  label: z.string().max(200).optional(),
  predicted: z.string().max(200).optional(),
  /** `uncertain`: more than one label in the conformal set; `elsewhere`: right, with less of the map in the region than chance. */
  filter: z.enum(caseFilters).optional(),
  search: z.string().max(200).optional(),
  sort: z.enum(caseSorts).default("name"),
});

export const caseRowSchema = z.object({
  /** Opaque; stable for a study and a case. */
  key: idSchema,
  name: z.string(),
  label: z.string(),
  predicted: z.string(),
  correct: z.boolean(),
  /** Of the predicted class. */
  confidence: z.number(),
  relevance: z.number().nullable().optional(),
  seed: z.number(),
  fold: z.number(),
});
export type CaseRow = z.infer<typeof caseRowSchema>;

export const casePredictionSchema = z.object({
  cell: z.string(),
  seed: z.number(),
  fold: z.number(),
  predicted: z.string(),
  correct: z.boolean(),
  /** By label, in the order of the study. */
  probabilities: z.array(z.number()),
  /** Labels that cannot be excluded at `level`, calibrated on the cases of the other folds. */
  conformal: z.object({ level: z.number(), labels: z.array(z.string()) }).optional(),
  /** Share of the map inside the region. */
  relevance: z.number().nullable().optional(),
  regionShare: z.number().optional(),
  hasMap: z.boolean(),
  /** Whether the fold's model is kept, so that other methods can be asked. */
  model: idSchema.optional(),
});

export const caseSchema = z.object({
  key: idSchema,
  study: idSchema,
  name: z.string(),
  label: z.string(),
  patient: z.string().optional(),
  labels: z.array(z.string()),
  /** Of the picture that `caseImage` serves, upright. */
  image: z.object({ source: z.enum(["original", "prepared", "none"]), width: z.number(), height: z.number(), spacingMm: z.tuple([z.number(), z.number()]).optional(), isDicom: z.boolean() }),
  region: z.array(shapeSchema),
  fields: z.record(z.string(), z.string()),
  predictions: z.array(casePredictionSchema),
  /** Method of the maps that the study stored. */
  method: z.string(),
  previous: idSchema.optional(),
  next: idSchema.optional(),
  /** 1-based place in the selection, where the case is in it. */
  position: z.number().int().optional(),
  total: z.number().int(),
});
export type CaseDetail = z.infer<typeof caseSchema>;

/** A heat map, to be coloured by the viewer. */
export const heatMapSchema = z.object({
  cell: z.string(), seed: z.number(), fold: z.number(), method: z.string(), title: z.string(),
  height: z.number().int(), width: z.number().int(),
  /** float32 little-endian in base64, row-major; 0..1, or -1..1 where `signed`. */
  values: z.string(),
  signed: z.boolean(),
  /** Where the map lies on the picture of `caseImage`, in its pixels; it may reach beyond it. */
  frame: boxSchema,
  predicted: z.string(),
});
export type HeatMapValue = z.infer<typeof heatMapSchema>;

export const methodSchema = z.object({ name: z.string(), title: z.string(), summary: z.string(), signed: z.boolean(), cost: z.enum(["one-pass", "several", "many"]) });

export const annotationSchema = z.object({
  id: idSchema, study: idSchema, case: idSchema,
  shapes: z.array(shapeSchema).max(200), title: z.string().max(200), note: z.string().max(2000),
  author: z.object({ id: idSchema, name: z.string() }), createdAt: momentSchema, changedAt: momentSchema,
  /** Goes up with every change; the ETag. */
  version: z.number().int(),
});
export type Annotation = z.infer<typeof annotationSchema>;
const annotationBody = annotationSchema.pick({ shapes: true, title: true, note: true });

const caseParams = z.object({ study: idSchema, case: idSchema });
const annotationParams = z.object({ annotation: idSchema });

export const caseRoutes = {
  cases: { method: "GET", path: "/studies/:study/cases", summary: "Test cases of a cell", roles: lookers, scope: "read", params: z.object({ study: idSchema }), query: pageQuery.extend(caseSelection.shape), response: pageOf(caseRowSchema) },
  case: { method: "GET", path: "/studies/:study/cases/:case", summary: "A case with every network's answer", roles: lookers, scope: "read", params: caseParams, query: caseSelection, response: caseSchema, audit: "case.look" },
  caseImage: { method: "GET", path: "/studies/:study/cases/:case/image", summary: "The picture as PNG, or the DICOM file", roles: lookers, scope: "read", params: caseParams, query: z.object({ format: z.enum(["png", "dicom", "thumbnail"]).default("png") }), produces: "image/png", audit: "case.image" },
  caseMap: { method: "GET", path: "/studies/:study/cases/:case/map", summary: "A heat map: the stored one, or one made now", roles: lookers, scope: "read", params: caseParams, query: z.object({ cell: z.string().max(300), seed: z.coerce.number().int().optional(), method: z.string().max(80).optional(), label: z.string().max(200).optional() }), response: heatMapSchema, audit: "case.map" },
  similarCases: { method: "GET", path: "/studies/:study/cases/:case/similar", summary: "Training cases that the network finds most alike", roles: lookers, scope: "read", params: caseParams, query: z.object({ cell: z.string().max(300).optional(), limit: z.coerce.number().int().min(1).max(24).default(6) }), response: z.object({ basis: z.string(), items: z.array(z.object({ key: idSchema, name: z.string(), label: z.string(), similarity: z.number() })) }), audit: "case.similar" },
  methods: { method: "GET", path: "/methods", summary: "Methods of heat maps", roles: lookers, scope: "read", response: z.array(methodSchema) },
  annotations: { method: "GET", path: "/annotations", summary: "Regions drawn", roles: lookers, scope: "read", query: pageQuery.extend({ study: idSchema, case: idSchema.optional() }), response: pageOf(annotationSchema) },
  makeAnnotation: { method: "POST", path: "/annotations", summary: "Save a drawn region", roles: makers, scope: "write", body: annotationBody.extend({ study: idSchema, case: idSchema }), response: annotationSchema, status: 201, audit: "annotation.make" },
  changeAnnotation: { method: "PUT", path: "/annotations/:annotation", summary: "Change a region; `If-Match` names the version changed", roles: makers, scope: "write", params: annotationParams, body: annotationBody, isVersioned: true, response: annotationSchema, audit: "annotation.change" },
  removeAnnotation: { method: "DELETE", path: "/annotations/:annotation", summary: "Remove a region", roles: makers, scope: "write", params: annotationParams, audit: "annotation.remove" },
  annotationDicom: { method: "GET", path: "/annotations/:annotation/dicom", summary: "A region as DICOM segmentation or structured report, joining the study of its image", roles: makers, scope: "read", params: annotationParams, query: z.object({ kind: z.enum(["seg", "sr"]) }), produces: "application/dicom", audit: "annotation.download" },
} as const satisfies Record<string, RouteFacts>;
