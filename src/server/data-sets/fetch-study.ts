import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { unknownName } from "../../base/index.js";
import type { Workbench } from "../workbench.js";

/** Fetches a study from one of the PACS that the administrator named: nobody else decides whom this server asks. */
export async function fetchStudy({ pacs }: Workbench, { server, study, folder }: { readonly server: string; readonly study: string; readonly folder: string }): Promise<void> {
  const url = pacs[server];
  if (url === undefined) throw unknownName("PACS", server, Object.keys(pacs));
  const { DicomWebClient } = await import("../../pacs/index.js");
  const client = new DicomWebClient(url);
  await mkdir(folder, { recursive: true });
  let number = 0;
  for await (const bytes of client.retrieve({ study })) {
    number += 1;
    await writeFile(path.join(folder, `${number}.dcm`), bytes);
  }
}
