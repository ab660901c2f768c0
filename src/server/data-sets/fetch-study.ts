import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { DataError, unknownName } from "../../base/index.js";
import type { Credentials } from "../../pacs/index.js";
import type { Workbench } from "../workbench.js";

/** A PACS that the administrator named. */
export interface PacsAddress {
  /** Of its DICOMweb service. */
  readonly url: string;
  readonly credentials?: Credentials;
}

/** Fetches a study from one of the PACS that the administrator named: nobody else decides whom this server asks. */
export async function fetchStudy({ pacs }: Pick<Workbench, "pacs">, { server, study, folder }: { readonly server: string; readonly study: string; readonly folder: string }): Promise<void> {
  if (!Object.hasOwn(pacs, server)) throw unknownName("PACS", server, Object.keys(pacs));
  const { url, credentials } = pacs[server]!;
  const { DicomWebClient } = await import("../../pacs/index.js");
  const client = new DicomWebClient(url, credentials === undefined ? {} : { credentials });
  await mkdir(folder, { recursive: true });
  let number = 0;
  for await (const bytes of client.retrieve({ study })) {
    number += 1;
    await writeFile(path.join(folder, `${number}.dcm`), bytes);
  }
  if (number === 0) throw new DataError("pacs-study", `PACS ${server}: expected images of the study, got none. Check its UID.`);
}
