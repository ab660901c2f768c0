import { InputError } from "../../base/index.js";
import { find, keywordsOf, type FindLevel, type SearchLevel } from "../../pacs/index.js";
import { maskedValue } from "../../dicom/index.js";
import type { Command, OptionValues } from "../contract.js";
import { readCount } from "../data-options.js";
import { openPacs, readMatch, serverArgument, serverOptions } from "../open-pacs.js";
import { textTable } from "../table.js";

const levels = { study: ["studies", "STUDY"], series: ["series", "SERIES"], instance: ["instances", "IMAGE"] } as const satisfies Record<string, readonly [SearchLevel, FindLevel]>;

/** What is asked back, and shown, at each level. */
const columns = {
  study: ["StudyInstanceUID", "StudyDate", "ModalitiesInStudy", "StudyDescription", "NumberOfStudyRelatedInstances", "PatientID", "PatientName"],
  series: ["StudyInstanceUID", "SeriesInstanceUID", "Modality", "SeriesDescription", "NumberOfSeriesRelatedInstances"],
  instance: ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "InstanceNumber"],
} as const;

/** Free text and names tell who the patient is. */
const identifying = new Set(["PatientID", "PatientName", "StudyDescription", "SeriesDescription", "PatientBirthDate", "AccessionNumber", "ReferringPhysicianName"]);

function readLevel(options: OptionValues): keyof typeof levels {
  const level = String(options["level"] ?? "study");
  if (level in levels) return level as keyof typeof levels;
  throw new InputError("find-level", `--level ${level}: expected study, series or instance. Correct it.`);
}

export const dicomFind: Command = {
  description: "Searches by QIDO-RS or C-FIND and lists what matches. Names, identifiers and descriptions are masked unless --keep-identity is given.",
  arguments: [serverArgument],
  options: [
    { flags: "--level <level>", description: "what to list: study, series or instance", default: "study" },
    { flags: "--match <pair>", description: "Keyword=value; may be given several times; * and ? as the server understands them, dates as 20240101-20241231", repeatable: true },
    { flags: "--limit <n>", description: "most results (default: 100)" },
    { flags: "--fuzzy", description: "names that look or sound alike match, too, where a DICOMweb server can" },
    { flags: "--keep-identity", description: "show names, identifiers and descriptions" },
    ...serverOptions,
  ],
  examples: ["osteon dicom find http://localhost:8042/dicom-web --match ModalitiesInStudy=DX", "osteon dicom find ORTHANC@localhost:4242 --match StudyDate=20240101- --json", "osteon dicom find http://localhost:8042/dicom-web --level instance --match StudyInstanceUID=1.2.3"],
  async run(context, [address], options) {
    const level = readLevel(options);
    const match = readMatch(options);
    const limit = readCount(options["limit"], "--limit") ?? 100;
    const server = await openPacs(context, address!, options);
    const rows: Record<string, string>[] = [];
    if (server.kind === "web") {
      try {
        const { StudyInstanceUID: study, SeriesInstanceUID: series, ...rest } = match;
        const within = level === "study" ? { match } : { match: { ...rest, ...(study === undefined && series !== undefined && { SeriesInstanceUID: series }) }, ...(study !== undefined && { study, ...(level === "instance" && series !== undefined && { series }) }) };
        for await (const dataset of server.client.search({ level: levels[level][0], ...within, include: columns[level], limit, fuzzy: options["fuzzy"] === true, signal: context.signal })) rows.push(keywordsOf(dataset));
      } finally {
        server.client.close();
      }
    } else {
      const asked = { ...Object.fromEntries(columns[level].map((keyword) => [keyword, ""])), ...match };
      for (const found of await find(server.peer, { level: levels[level][1], match: asked, limit, signal: context.signal })) rows.push(Object.fromEntries(Object.entries(found).map(([keyword, values]) => [keyword, values.join("\\")])));
    }
    const keeps = options["keepIdentity"] === true;
    const shown = rows.map((row) => Object.fromEntries(Object.entries(row).map(([keyword, value]) => [keyword, !keeps && value !== "" && identifying.has(keyword) ? maskedValue : value])));
    if (options["json"] === true) return context.out(JSON.stringify({ level, found: shown }, null, 2));
    // Control characters of a server have no business in a terminal.
    const cell = (value = ""): string => value.replaceAll(/\p{Cc}+/gu, " ").slice(0, 64);
    if (shown.length > 0) context.out(textTable([...columns[level]], shown.map((row) => columns[level].map((keyword) => cell(row[keyword])))));
    context.out(`${shown.length} found${shown.length >= limit ? ", and perhaps more: raise --limit" : ""}`);
  },
};
