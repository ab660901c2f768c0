import { z } from "zod";

const words = z.union([z.string().min(1).max(64), z.array(z.string().min(1).max(64)).min(1)]);

/** Recipe key `scope`: what the models are for, where the images do not say it. */
export const scopeKey = z
  .strictObject({
    modality: words.optional().describe("Modality of the images, as DICOM writes it: CR, DX, MR. Read from DICOM headers or a column of the table where left out."),
    bodyPart: words.optional().describe("Body part, as DICOM writes it: LSPINE, ANKLE."),
    view: words.optional().describe("View: AP, LATERAL."),
    manufacturer: words.optional().describe("Maker of the machine. Another one is remarked on and refuses nothing."),
    ageYears: z.tuple([z.number().min(0), z.number().max(200)]).optional().describe("Youngest and oldest patient."),
    falseRefusalRate: z.number().min(0.001).max(0.2).optional().describe("Share of in-scope images that the distance may refuse at most; 0.05 where left out."),
  })
  .describe("What the models are for. It is written into each model file, which declines other images.");

export type ScopeTold = z.infer<typeof scopeKey>;
