import { z } from "zod";
import { boxSchema, idSchema, momentSchema, pageOf, pageQuery, shapeSchema } from "./basics.js";
import { blindReaders, makers, type RouteFacts } from "./route.js";

/** What a reader is shown beside the image. */
export const conditions = ["alone", "network", "heat-map"] as const;
export type Condition = (typeof conditions)[number];

export const readingDesignSchema = z.object({
  title: z.string().trim().min(1).max(200),
  /** Finished study whose cases are read and whose network is compared. */
  study: idSchema,
  cell: z.string().max(300),
  /** Cases by key; or a number that is drawn, balanced over the labels. */
  cases: z.union([z.array(idSchema).min(1).max(5000), z.object({ count: z.number().int().min(1).max(5000), seed: z.number().int().nonnegative().default(1) })]),
  practice: z.number().int().min(0).max(50).default(0),
  readers: z.array(idSchema).min(1).max(200),
  conditions: z.array(z.enum(conditions)).min(1).max(3).refine((list) => new Set(list).size === list.length, "each once"),
  /** `crossed`: every reader reads every case under every condition, one condition a session, orders counter-balanced over readers. `split`: half of the cases under each, exchanged in the next session. */
  order: z.enum(["crossed", "split"]).default("crossed"),
  washOutDays: z.number().min(0).max(365).default(0),
  /** `forced`: one of the labels. `free`: a reader may pass. */
  choice: z.enum(["forced", "free"]).default("forced"),
  /** Most seconds a case may stay on the screen; no limit where left out. */
  secondsPerCase: z.number().int().min(3).max(3600).optional(),
  instructions: z.string().max(5000).default(""),
  confidence: z.boolean().default(true),
  marks: z.boolean().default(false),
  seed: z.number().int().nonnegative().default(1),
});
export type ReadingDesign = z.infer<typeof readingDesignSchema>;

export const readingStudySchema = z.object({
  id: idSchema, title: z.string(), study: idSchema, cell: z.string(), state: z.enum(["draft", "open", "closed"]), version: z.number().int(),
  design: readingDesignSchema, labels: z.array(z.string()), cases: z.number().int(), readers: z.number().int(), sessions: z.number().int(), createdAt: momentSchema,
  /** Reads submitted, without practice, and how many there will be. */
  done: z.number().int(), total: z.number().int(),
});
export type ReadingStudy = z.infer<typeof readingStudySchema>;

export const readingProgressSchema = z.object({
  done: z.number().int(), total: z.number().int(),
  readers: z.array(z.object({
    reader: z.object({ id: idSchema, name: z.string(), group: z.string().optional() }),
    sessions: z.array(z.object({ session: z.number().int(), conditions: z.array(z.enum(conditions)), opensAt: momentSchema.optional(), done: z.number().int(), total: z.number().int(), medianSeconds: z.number().optional(), lastAt: momentSchema.optional() })),
  })),
});

/** A reader's session as the reader sees it. */
export const assignmentSchema = z.object({
  id: idSchema, title: z.string(), session: z.number().int(), sessions: z.number().int(), instructions: z.string(),
  state: z.enum(["waiting", "open", "done", "closed"]), opensAt: momentSchema.optional(), done: z.number().int(), total: z.number().int(), practice: z.number().int(),
});
export type Assignment = z.infer<typeof assignmentSchema>;

/** The case in front of a reader: nothing here tells the label, another read or, read alone, what a network answered. */
export const readingItemSchema = z.object({
  id: idSchema, assignment: idSchema,
  /** 1-based, among all of the session. */
  position: z.number().int(), total: z.number().int(), practice: z.boolean(), condition: z.enum(conditions),
  labels: z.array(z.string()), choice: z.enum(["forced", "free"]), confidence: z.boolean(), marks: z.boolean(), secondsPerCase: z.number().optional(),
  /** Picture at `/api/v1/reading/items/:item/image`. */
  image: z.object({ width: z.number(), height: z.number(), spacingMm: z.tuple([z.number(), z.number()]).optional() }),
  /** Only with the network's help. */
  network: z.object({ predicted: z.string(), probabilities: z.array(z.number()) }).optional(),
  /** Only in the condition "heat-map": float32 little-endian in base64, 0..1. */
  map: z.object({ height: z.number().int(), width: z.number().int(), values: z.string(), frame: boxSchema }).optional(),
  /** When it was first shown; a reopened tab does not set it back. */
  shownAt: momentSchema,
});
export type ReadingItem = z.infer<typeof readingItemSchema>;

export const readBodySchema = z.object({
  /** Made by the page once per case and kept until it is acknowledged: the same read sent twice counts once. */
  submission: z.uuid(),
  /** Absent: passed, in a free choice. */
  label: z.string().max(200).optional(),
  /** 0 to 100, that the label is right. */
  confidence: z.number().min(0).max(100).optional(),
  /** Seconds that the case was in view. */
  seconds: z.number().min(0).max(86_400),
  marks: z.array(shapeSchema).max(50).optional(),
});
export type ReadBody = z.infer<typeof readBodySchema>;

const readingParams = z.object({ reading: idSchema });
const itemParams = z.object({ item: idSchema });

export const readingRoutes = {
  readings: { method: "GET", path: "/readings", summary: "Reader studies", roles: makers, scope: "read", query: pageQuery, response: pageOf(readingStudySchema) },
  makeReading: { method: "POST", path: "/readings", summary: "Design a reader study", roles: makers, scope: "write", body: readingDesignSchema, response: readingStudySchema, status: 201, audit: "reading.make" },
  reading: { method: "GET", path: "/readings/:reading", summary: "A reader study", roles: makers, scope: "read", params: readingParams, response: readingStudySchema },
  changeReading: { method: "PUT", path: "/readings/:reading", summary: "Change a design before it is opened", roles: makers, scope: "write", params: readingParams, body: readingDesignSchema, response: readingStudySchema, audit: "reading.change" },
  openReading: { method: "POST", path: "/readings/:reading/open", summary: "Draw orders and let readers begin; the design is fixed from now on", roles: makers, scope: "write", params: readingParams, response: readingStudySchema, audit: "reading.open" },
  closeReading: { method: "POST", path: "/readings/:reading/close", summary: "No more reads", roles: makers, scope: "write", params: readingParams, response: readingStudySchema, audit: "reading.close" },
  removeReading: { method: "DELETE", path: "/readings/:reading", summary: "Remove a design that has no reads", roles: makers, scope: "write", params: readingParams, audit: "reading.remove" },
  readingProgress: { method: "GET", path: "/readings/:reading/progress", summary: "How far each reader is", roles: makers, scope: "read", params: readingParams, response: readingProgressSchema },
  readsCsv: { method: "GET", path: "/readings/:reading/reads.csv", summary: "Reads as the table that `osteon study readers` takes", roles: makers, scope: "read", params: readingParams, query: z.object({ condition: z.enum(["network", "heat-map"]).optional() }), produces: "text/csv", audit: "reading.download" },
  analyzeReading: { method: "POST", path: "/readings/:reading/analysis", summary: "Compare readers and network: the analysis of `osteon study readers`", roles: makers, scope: "run", params: readingParams, response: z.looseObject({ metric: z.string(), warnings: z.array(z.string()) }), audit: "reading.analyze" },
  readingAnalysis: { method: "GET", path: "/readings/:reading/analysis", summary: "The last analysis", roles: makers, scope: "read", params: readingParams, response: z.looseObject({ metric: z.string(), warnings: z.array(z.string()) }) },

  assignments: { method: "GET", path: "/reading/assignments", summary: "Own sessions", roles: blindReaders, scope: "read", response: z.array(assignmentSchema) },
  nextItem: { method: "POST", path: "/reading/assignments/:assignment/next", summary: "The case to read now: always the first that is not submitted", roles: blindReaders, scope: "write", params: z.object({ assignment: idSchema }), response: z.object({ item: readingItemSchema.optional(), assignment: assignmentSchema }), audit: "reading.look" },
  itemImage: { method: "GET", path: "/reading/items/:item/image", summary: "Its picture; served while it is the case to read", roles: blindReaders, scope: "read", params: itemParams, produces: "image/png", audit: "reading.image" },
  submitRead: { method: "POST", path: "/reading/items/:item/read", summary: "Submit a read, once and for all", roles: blindReaders, scope: "write", params: itemParams, body: readBodySchema, response: z.object({ item: idSchema, submission: z.string(), acceptedAt: momentSchema, done: z.number().int(), total: z.number().int() }), status: 201, audit: "reading.submit" },
} as const satisfies Record<string, RouteFacts>;
