import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../../base/index.js";
import { createPseudonyms, deidentifyFile, parseDicom, type OptionName } from "../../dicom/index.js";
import { withFileErrors, writeFileAtomic } from "../../files/index.js";
import { fetchByGet, fetchByMove, find, textIn } from "../../pacs/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readCount } from "../data-options.js";
import { openPacs, readMatch, serverArgument, serverOptions, type PacsServer } from "../open-pacs.js";

type Keep = (bytes: Uint8Array) => Promise<void>;

const usual = new Set<OptionName>(["retain-safe-private", "clean-pixels"]);

/** Writes files as they come: without the patient under a key, or as they are where that was said. */
async function openKeeper(context: Context, options: OptionValues, out: string): Promise<{ keep: Keep; count: () => number }> {
  const folder = path.resolve(context.folder, out);
  const keyFile = options["keyFile"];
  if (typeof keyFile !== "string" && options["keepIdentity"] !== true) {
    throw new InputError("identity", "dicom fetch: expected --key-file FILE, which takes the patient out of what is fetched, or --keep-identity, got neither. Make a key with: osteon dicom deidentify --create-key.");
  }
  const pseudonyms = typeof keyFile === "string" ? createPseudonyms(await withFileErrors(keyFile, () => readFile(path.resolve(context.folder, keyFile)))) : undefined;
  const studies = new Map<string, { number: number; files: number }>();
  let count = 0;
  const keep: Keep = async (bytes) => {
    count += 1;
    const file = parseDicom(bytes, { name: `file ${count}` });
    const study = file.dataset.text("StudyInstanceUID") ?? "";
    const place = studies.get(study) ?? { number: studies.size + 1, files: 0 };
    studies.set(study, place);
    place.files += 1;
    const target = path.join(folder, `study-${String(place.number).padStart(4, "0")}`, `${String(place.files).padStart(5, "0")}.dcm`);
    await withFileErrors(out, () => mkdir(path.dirname(target), { recursive: true }));
    await writeFileAtomic(target, pseudonyms === undefined ? bytes : deidentifyFile(file, { pseudonyms, options: usual }).parts);
  };
  return { keep, count: () => count };
}

/** Studies that are named, or that match. */
async function studiesOf(server: PacsServer, context: Context, options: OptionValues): Promise<string[]> {
  const named = (options["study"] as readonly string[] | undefined) ?? [];
  const match = readMatch(options);
  if (Object.keys(match).length === 0) {
    if (named.length === 0) throw new InputError("fetch-what", "dicom fetch: expected --study UID or --match Keyword=value, got neither. Look for studies with: osteon dicom find.");
    return [...named];
  }
  const limit = readCount(options["limit"], "--limit") ?? 100;
  const studies: string[] = [...named];
  if (server.kind === "web") for await (const dataset of server.client.search({ level: "studies", match, limit, signal: context.signal })) studies.push(textIn(dataset, "StudyInstanceUID") ?? "");
  else for (const found of await find(server.peer, { level: "STUDY", match: { StudyInstanceUID: "", ...match }, limit, signal: context.signal })) studies.push(found["StudyInstanceUID"]?.[0] ?? "");
  return studies.filter((study) => study !== "");
}

export const dicomFetch: Command = {
  description:
    "Fetches studies by WADO-RS, C-MOVE or C-GET into a folder for each. With --key-file they are de-identified as they come; without it --keep-identity has to be said. " +
    "A DIMSE peer sends to this program under its AE title and --port, which the peer has to know; with --get it sends over the line that asked.",
  arguments: [serverArgument, { name: "<out>", description: "folder to write to" }],
  options: [
    { flags: "--study <uid>", description: "StudyInstanceUID; may be given several times", repeatable: true },
    { flags: "--match <pair>", description: "all studies with Keyword=value; may be given several times", repeatable: true },
    { flags: "--limit <n>", description: "most studies that --match may find (default: 100)" },
    { flags: "--key-file <file>", description: "secret that pseudonyms and UIDs come from" },
    { flags: "--keep-identity", description: "write the files as they are, with the patient in them" },
    { flags: "--port <n>", description: "port that a DIMSE peer sends to (default: 11112)" },
    { flags: "--get", description: "ask a DIMSE peer by C-GET" },
    ...serverOptions,
  ],
  examples: ["osteon dicom fetch http://localhost:8042/dicom-web in/ --study 1.2.3 --key-file secret.key", "osteon dicom fetch ORTHANC@localhost:4242 in/ --match StudyDate=20240101- --key-file secret.key --port 11113", "osteon dicom fetch ORTHANC@localhost:4242 in/ --study 1.2.3 --get --key-file secret.key"],
  async run(context, [address, out], options) {
    const { keep, count } = await openKeeper(context, options, out!);
    const server = await openPacs(context, address!, options);
    let studies: string[] = [];
    try {
      studies = await studiesOf(server, context, options);
      for (const [i, study] of studies.entries()) {
        context.signal.throwIfAborted();
        if (studies.length > 1) context.onProgress({ task: "fetching", done: i, total: studies.length, unit: "studies" });
        if (server.kind === "web") for await (const bytes of server.client.retrieve({ study }, { signal: context.signal })) await keep(bytes);
        else if (options["get"] === true) await fetchByGet(server.peer, { study, keep, signal: context.signal });
        else await fetchByMove(server.peer, { study, port: readCount(options["port"], "--port") ?? 11_112, keep, signal: context.signal });
      }
    } finally {
      if (server.kind === "web") server.client.close();
    }
    if (options["json"] === true) return context.out(JSON.stringify({ studies: studies.length, files: count(), folder: out, deidentified: options["keyFile"] !== undefined }, null, 2));
    context.out(`${count()} files of ${studies.length} studies in ${out}${options["keyFile"] === undefined ? ", with the patients in them" : ", de-identified"}`);
  },
};
