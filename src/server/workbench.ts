import type { Logger } from "pino";
import type { StudyRunner } from "./studies/runner.js";
import type { CaseFiles } from "./studies/case-files.js";
import type { CasePictures } from "./studies/case-picture.js";
import type { RunCatalog } from "./studies/run-catalog.js";
import type { MapMaker } from "./studies/map-maker.js";
import type { DiskCache } from "./store/disk-cache.js";
import type { Store } from "./store/store.js";
import type { OpenId } from "./people/open-id.js";
import type { PacsAddress } from "./data-sets/fetch-study.js";
import type { Jobs } from "./jobs.js";

/** Everything that routes work with. */
export interface Workbench {
  readonly store: Store;
  /** The folder whose runs, tables and images are served. */
  readonly root: string;
  readonly catalog: RunCatalog;
  readonly files: CaseFiles;
  readonly pictures: CasePictures;
  /** What can be made again, on disk. */
  readonly cache: DiskCache;
  readonly maps: MapMaker;
  readonly runner: StudyRunner;
  /** Long work beside requests: imports and audits. */
  readonly jobs: Jobs;
  readonly openId?: OpenId;
  /** DICOMweb servers, by the name that people use. */
  readonly pacs: Readonly<Record<string, PacsAddress>>;
  readonly log: Logger;
  readonly version: string;
  readonly startedAt: string;
  /** Folder of the viewer's built files. */
  readonly viewer: string;
  /** Folder of recipes to begin from. */
  readonly recipes: string;
  /** Whether people come by https, as far as the server knows. */
  readonly isSecure: boolean;
  readonly publicUrl?: string;
  readonly hosts: ReadonlySet<string> | "any";
  readonly trustsProxy: boolean;
  readonly limitsRates: boolean;
  /** Time between two signs of life of a stream of events. */
  readonly beatMs: number;
}
