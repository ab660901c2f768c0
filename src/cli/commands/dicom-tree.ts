import { randomBytes } from "node:crypto";
import path from "node:path";
import { OsteonError } from "../../base/index.js";
import { buildTree, listDicomFiles, parseDicom, type DicomFile } from "../../dicom/index.js";
import { createHide, factsOf } from "../../data/index.js";
import type { Command } from "../contract.js";
import { textTable } from "../table.js";

/** Names of patients and UIDs in the order they come, so that nothing of them is told. */
function numbered(word: string): (key: string) => string {
  const names = new Map<string, string>();
  return (key) => {
    if (!names.has(key)) names.set(key, `${word} ${names.size + 1}`);
    return names.get(key)!;
  };
}

export const dicomTree: Command = {
  description:
    "Reads the header of every DICOM file, whatever its name and however deep it lies. Series are sorted by the position of their slices, else by InstanceNumber, and the middle slice is named. " +
    "Patients and UIDs are numbered, and parts of paths that repeat a name or number of a patient hidden, unless --keep-identity is given.",
  arguments: [{ name: "<source>", description: "folder of any depth, ZIP archive, or DICOM file" }],
  options: [
    { flags: "--keep-identity", description: "show PatientID, UIDs and paths as they are" },
    { flags: "--files", description: "list the files of each series in their order" },
  ],
  examples: ["osteon dicom tree export/", "osteon dicom tree study.zip --json"],
  async run(context, [name], options) {
    const { files, others } = await listDicomFiles(path.resolve(context.folder, name!));
    const keepIdentity = options["keepIdentity"] === true;
    const parsed: { path: string; file: DicomFile }[] = [];
    // Files that cannot be read are told by number: nothing says whether their paths name a patient.
    const refused: { path: string; reason: string }[] = [];
    for (const [i, found] of files.entries()) {
      context.signal.throwIfAborted();
      if (files.length > 50) context.onProgress({ task: "reading headers", done: i, total: files.length, unit: "files" });
      try {
        parsed.push({ path: found.path, file: parseDicom(await found.read(), { name: keepIdentity ? found.path : `file ${i + 1} of ${files.length}`, headerOnly: true }) });
      } catch (error) {
        if (!(error instanceof OsteonError)) throw error;
        refused.push({ path: keepIdentity ? found.path : `file ${i + 1} of ${files.length}`, reason: error.message });
      }
    }
    const patient = numbered("patient");
    const uid = numbered("uid");
    const idOf = ({ dataset }: DicomFile): string => dataset.text("PatientID") ?? `no PatientID, study ${dataset.text("StudyInstanceUID") ?? ""}`;
    const facts = keepIdentity ? [] : parsed.map(({ file }) => factsOf(file));
    const hide = createHide(facts, randomBytes(32));
    const shown = keepIdentity ? parsed : parsed.map((one, i) => ({ ...one, path: hide(one.path, facts[i]) }));
    const patients = buildTree(shown, keepIdentity ? { patient: idOf, uid: (one) => one } : { patient: (file) => patient(idOf(file)), uid });
    const studies = patients.flatMap((one) => one.studies);
    const counts = { patients: patients.length, studies: studies.length, series: studies.reduce((sum, one) => sum + one.series.length, 0), images: parsed.length, refused: refused.length, otherFiles: others };
    if (options["json"] === true) return context.out(JSON.stringify({ counts, patients, refused }, null, 2));
    const rows = patients.flatMap((one) =>
      one.studies.flatMap((study, s) =>
        study.series.map((series, k) => [s === 0 && k === 0 ? one.id : "", k === 0 ? study.uid : "", `${series.modality ?? "?"} ${series.bodyPart ?? ""}`.trim(), String(series.images), String(series.frames), series.sortedBy, series.middle]),
      ),
    );
    context.out(textTable(["patient", "study", "series", "images", "frames", "sorted by", "middle"], rows));
    if (options["files"] === true) for (const series of studies.flatMap((study) => study.series)) context.out(["", ...series.files].join("\n  ").trimStart());
    context.out(`${counts.patients} patients, ${counts.studies} studies, ${counts.series} series, ${counts.images} images`);
    for (const { path: file, reason } of refused) context.note(`refused: ${reason.startsWith(file) ? reason : `${file}: ${reason}`}`);
  },
};
