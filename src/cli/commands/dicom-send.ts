import path from "node:path";
import { DataError, InputError } from "../../base/index.js";
import { listDicomFiles } from "../../dicom/index.js";
import { isStored, store } from "../../pacs/index.js";
import type { Command } from "../contract.js";
import { openPacs, serverArgument, serverOptions, type PacsServer } from "../open-pacs.js";

/** Files and bytes of one request or association. */
const batch = { files: 50, bytes: 256 * 1024 * 1024 };

/** Reasons by file's number; files that were stored have none. */
async function sendBatch(server: PacsServer, files: readonly Uint8Array[], signal: AbortSignal): Promise<(string | undefined)[]> {
  const said = (status: number | undefined): string => (status === undefined ? "not taken: the kind of object, or its transfer syntax" : `status 0x${status.toString(16).padStart(4, "0")}`);
  if (server.kind === "dimse") return (await store(server.peer, files, signal)).map(({ status }) => (isStored(status) ? undefined : said(status)));
  // One request a file: so an answer that names no file is still known to be about it.
  const reasons: (string | undefined)[] = [];
  for (const file of files) {
    const { stored, failed } = await server.client.store([file], { signal });
    reasons.push(failed.length > 0 ? said(failed[0]!.reason) : stored.length === 0 ? "not named in the answer" : undefined);
  }
  return reasons;
}

export const dicomSend: Command = {
  description: "Stores files by STOW-RS or C-STORE as they are: nothing is transcoded. Files are told by their number, as paths may name patients.",
  arguments: [serverArgument, { name: "<files...>", description: "DICOM files, folders of any depth, or ZIP archives" }],
  options: [...serverOptions],
  examples: ["osteon dicom send http://localhost:8042/dicom-web clean/", "osteon dicom send ORTHANC@localhost:4242 results/*.dcm"],
  async run(context, [address, ...sources], options) {
    const found = [];
    for (const source of sources) found.push(...(await listDicomFiles(path.resolve(context.folder, source))).files);
    if (found.length === 0) throw new InputError("no-dicom", "dicom send: expected DICOM files, got none. Check the paths.");
    const server = await openPacs(context, address!, options);
    const refused: { file: number; reason: string }[] = [];
    let done = 0;
    try {
      while (done < found.length) {
        context.signal.throwIfAborted();
        const files: Uint8Array[] = [];
        for (let bytes = 0; files.length < batch.files && bytes < batch.bytes && done + files.length < found.length; ) {
          const file = await found[done + files.length]!.read();
          files.push(file);
          bytes += file.length;
        }
        const reasons = await sendBatch(server, files, context.signal);
        for (const [i, reason] of reasons.entries()) if (reason !== undefined) refused.push({ file: done + i + 1, reason });
        done += files.length;
        if (found.length > 5) context.onProgress({ task: "sending", done, total: found.length, unit: "files" });
      }
    } finally {
      if (server.kind === "web") server.client.close();
    }
    if (options["json"] === true) context.out(JSON.stringify({ files: done, stored: done - refused.length, refused }, null, 2));
    else {
      context.out(`${done - refused.length} of ${done} files stored`);
      for (const { file, reason } of refused.slice(0, 20)) context.note(`file ${file}: ${reason}`);
    }
    if (refused.length > 0) throw new DataError("not-stored", `dicom send: expected all files to be stored, got ${refused.length} refused. Look at the reasons and at the server's log.`);
  },
};
