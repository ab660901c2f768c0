import path from "node:path";
import { InputError } from "../../base/index.js";
import { checkDicom, listDicomFiles } from "../../dicom/index.js";
import { echo } from "../../pacs/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { openPacs, serverOptions } from "../open-pacs.js";
import { textTable } from "../table.js";

async function checkServer(context: Context, address: string, options: OptionValues): Promise<void> {
  const started = performance.now();
  const server = await openPacs(context, address, options);
  if (server.kind === "dimse") await echo(server.peer, context.signal);
  else {
    try {
      for await (const _ of server.client.search({ level: "studies", limit: 1, signal: context.signal })) break;
    } finally {
      server.client.close();
    }
  }
  const ms = Math.round(performance.now() - started);
  context.out(options["json"] === true ? JSON.stringify({ server: address, kind: server.kind, answers: true, ms }) : `${address} answers ${server.kind === "dimse" ? "C-ECHO" : "QIDO-RS"}, ${ms} ms`);
}

export const dicomCheck: Command = {
  description:
    "Of files: structure, the attributes their SOP class demands, values, pixels, reports and presentation states; and what dciodvfy says, where it is installed. Findings name attributes, never values. " +
    "Of a server: whether it answers C-ECHO or QIDO-RS. Ends with code 1 where a file has errors.",
  arguments: [{ name: "<what...>", description: "DICOM files or folders; or one server: https://host/dicom-web, or TITLE@host:port" }],
  options: [{ flags: "--no-dciodvfy", description: "do not ask dciodvfy" }, ...serverOptions],
  examples: ["osteon dicom check results/", "osteon dicom check report.dcm --json", "osteon dicom check ORTHANC@localhost:4242", "osteon dicom check http://localhost:8042/dicom-web"],
  async run(context, sources, options) {
    if (sources.length === 1 && (/^https?:/i.test(sources[0]!) || /^[^/\\@]+@[^/\\]+:\d+$/.test(sources[0]!))) return checkServer(context, sources[0]!, options);
    const files: { name: string; read: () => Promise<Uint8Array> }[] = [];
    for (const source of sources) for (const found of (await listDicomFiles(path.resolve(context.folder, source))).files) files.push({ name: path.relative(context.folder, found.path), read: () => found.read() });
    if (files.length === 0) throw new InputError("no-dicom", "dicom check: expected DICOM files or a server, got neither. Check the paths.");
    const results: { file: string; check: Awaited<ReturnType<typeof checkDicom>> }[] = [];
    for (const [i, { name, read }] of files.entries()) {
      context.signal.throwIfAborted();
      if (files.length > 5) context.onProgress({ task: "checking", done: i + 1, total: files.length, unit: "files" });
      results.push({ file: name, check: await checkDicom(await read(), { name, dciodvfy: options["dciodvfy"] !== false }) });
    }
    const errors = results.reduce((sum, { check }) => sum + check.errors, 0);
    if (errors > 0) context.endWith(1);
    if (options["json"] === true) return context.out(JSON.stringify({ files: results.map(({ file, check }) => ({ file, ...check })), errors }, null, 2));
    context.out(textTable(["file", "kind", "errors", "warnings"], results.map(({ file, check }) => [file, check.sopClass ?? check.sopClassUid ?? "unknown", String(check.errors), String(check.warnings)])));
    for (const { file, check } of results) for (const finding of check.findings.slice(0, 20)) context.out(`${file}: ${finding.severity}: ${finding.message}`);
    if (results.every(({ check }) => !check.askedDciodvfy)) context.note("dciodvfy was not asked.");
  },
};
