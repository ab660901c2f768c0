import { z } from "zod";
import { resultKinds } from "../../dicom/index.js";
import { ruleSchema } from "../routing/rules.js";

const file = z.string().min(1).max(4096);
const title = z.string().regex(/^[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?$/, { message: "expected an AE title of 1 to 16 characters" });

const tlsSchema = z.strictObject({
  /** Certificate authorities that are trusted instead of the system's, PEM. */
  ca: file.optional(),
  cert: file.optional(),
  key: file.optional(),
});

/** Who asks: never the secret itself, but where it is kept. */
const loginSchema = z
  .strictObject({ user: z.string().min(1).optional(), passwordFile: file.optional(), passwordVariable: z.string().min(1).optional(), tokenFile: file.optional(), tokenVariable: z.string().min(1).optional() })
  .refine(({ user, passwordFile, passwordVariable }) => (user === undefined) === (passwordFile === undefined && passwordVariable === undefined), { message: "expected user together with passwordFile or passwordVariable" })
  .refine((login) => Object.keys(login).filter((key) => key !== "user").length === 1, { message: "expected one of passwordFile, passwordVariable, tokenFile and tokenVariable" });

const serviceSchema = z.strictObject({ url: z.url({ protocol: /^https?$/ }), login: loginSchema.optional(), tls: tlsSchema.optional() });

const match = z.record(z.string(), z.string()).default({});
const seconds = z.number().min(1).max(86_400);

export const settingsSchema = z.strictObject({
  /** Folder of the queue; relative paths start from this file. */
  queue: file.default("queue"),
  /** Disk space in megabytes that is never used up. */
  reserveMb: z.number().min(0).max(10_000_000).default(1024),
  receive: z
    .strictObject({
      dimse: z
        .strictObject({
          title: title.default("OSTEON"),
          host: z.string().default("127.0.0.1"),
          port: z.int().min(0).max(65_535).default(11_112),
          /** AE titles that may send, or `any`. */
          allow: z.union([z.literal("any"), z.array(title).min(1)]),
          tls: tlsSchema.optional(),
          maxAssociations: z.int().min(1).max(1000).default(16),
          maxObjectMb: z.number().min(1).max(4096).default(1024),
        })
        .optional(),
      /** Looks for new images on a DICOMweb server. */
      poll: serviceSchema.extend({ every: seconds.default(30), match }).optional(),
      /** Takes work items of a worklist (UPS-RS) on a DICOMweb server. */
      worklist: serviceSchema.extend({ every: seconds.default(10), match }).optional(),
    })
    .refine((receive) => Object.values(receive).some((one) => one !== undefined), { message: "expected dimse, poll or worklist" }),
  /** Where results go. */
  send: z
    .strictObject({
      dicomweb: serviceSchema.optional(),
      dimse: z
        .strictObject({
          peer: z.string(),
          title: title.default("OSTEON"),
          tls: tlsSchema.optional(),
          /** Whether the peer is asked for storage commitment: results are done once it says that it has them for good. Its report comes to `receive.dimse`. */
          commit: z.boolean().default(false),
        })
        .optional(),
      /** Objects made of each prediction. */
      kinds: z.array(z.enum(resultKinds)).min(1).default([...resultKinds]),
      /** What stands in results for malformed UIDs of images: valid ones, which pass checks, or they themselves, so that results stay in the study. */
      malformedUids: z.enum(["replaced", "kept"]).default("replaced"),
      /** Whether the server is asked afterwards if it has the results. */
      verify: z.boolean().default(true),
    })
    .refine(({ dicomweb, dimse }) => (dicomweb === undefined) !== (dimse === undefined), { message: "expected either dicomweb or dimse" }),
  models: z.record(z.string().min(1), z.union([file.transform((path) => ({ file: path, threads: undefined })), z.strictObject({ file, threads: z.int().min(1).max(64).optional() })])).refine((models) => Object.keys(models).length > 0, { message: "expected at least one model" }),
  rules: z.array(ruleSchema).min(1),
  /** File that predictions are noted in, one line each, for `osteon monitor`. */
  predictions: file.optional(),
});

export type ListenSettings = z.infer<typeof settingsSchema>;
export type ServiceSettings = z.infer<typeof serviceSchema>;
export type LoginSettings = z.infer<typeof loginSchema>;
export type TlsSettings = z.infer<typeof tlsSchema>;
