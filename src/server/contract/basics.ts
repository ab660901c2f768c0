import { z } from "zod";

/** Opaque name of a row. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{4,64}$/);

/** Moment in UTC, as ISO 8601. */
export const momentSchema = z.iso.datetime();

/** What every refusal looks like, RFC 9457; `application/problem+json`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** One word for programs: `not-found`, `signed-out`, `locked-out`, ... */
  code: z.string(),
  /** `<subject>: expected <constraint>, got <value>. <Remedy>.` */
  detail: z.string().optional(),
  /** What fills the braces of the code's sentence, for pages that say it in another language; see `problems`. */
  parameters: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** What is wrong with each field of a request. */
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** `next` of the page before. */
  cursor: z.string().max(500).optional(),
});

/** A part of a list, and where to go on. */
export function pageOf<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodOptional<z.ZodString>; total: z.ZodNumber }> {
  return z.object({
    items: z.array(item),
    /** Absent on the last page. */
    next: z.string().optional(),
    /** Of the whole list, under the same filter. */
    total: z.number().int(),
  });
}

/** A figure with its interval, or why there is none. */
export const figureSchema = z.union([
  z.looseObject({ estimate: z.number(), lower: z.number(), upper: z.number(), level: z.number(), method: z.string(), n: z.number() }),
  z.looseObject({ notEstimable: z.string() }),
]);
export type FigureValue = z.infer<typeof figureSchema>;

/** A rectangle in pixels of the upright image. */
export const boxSchema = z.object({ row: z.number(), column: z.number(), height: z.number(), width: z.number() });

/** [row, column] in pixels; (0, 0) is the outer corner of the first pixel. */
export const pointSchema = z.tuple([z.number(), z.number()]);

/** Region drawn by a person. A brush is a mask in runs: [start, length, start, length, ...] over pixels in row-major order. */
export const shapeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("box"), box: boxSchema }),
  z.object({ kind: z.literal("polygon"), points: z.array(pointSchema).min(3).max(5000) }),
  z.object({ kind: z.literal("brush"), runs: z.array(z.number().int().nonnegative()).max(200_000) }),
  z.object({ kind: z.literal("length"), points: z.array(pointSchema).length(2) }),
  z.object({ kind: z.literal("angle"), points: z.array(pointSchema).length(3) }),
  z.object({ kind: z.literal("cobb"), points: z.array(pointSchema).length(4) }),
  z.object({ kind: z.literal("slip"), points: z.array(pointSchema).length(4) }),
]);
export type Shape = z.infer<typeof shapeSchema>;

/** Truth value of a query. */
export const flagSchema = z.enum(["true", "false"]).transform((value) => value === "true");
