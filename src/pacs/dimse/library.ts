import type * as DimseModule from "dcmjs-dimse";
import { UnsupportedError } from "../../base/index.js";
import { implementation } from "../../dicom/index.js";

export type Dimse = typeof DimseModule;

let loaded: Promise<Dimse> | undefined;

/** The largest piece of data that is sent or taken at once. */
export const maxPduBytes = 128 * 1024;

/** Loads the library on first use: it takes a third of a second. It is kept from writing to the terminal. */
export function loadDimse(): Promise<Dimse> {
  loaded ??= (async () => {
    const module = (await import("dcmjs-dimse")) as unknown as { default?: Dimse } & Dimse;
    const dimse = module.default ?? module;
    if (typeof dimse.Client !== "function") throw new UnsupportedError("dimse", "DIMSE: expected the library dcmjs-dimse, got another one. Install the package again.");
    dimse.log.disableAll(false);
    dimse.Implementation.setImplementationClassUid(implementation.classUid);
    dimse.Implementation.setImplementationVersion(implementation.versionName);
    dimse.Implementation.setMaxPduLength(maxPduBytes);
    return dimse;
  })();
  return loaded;
}
