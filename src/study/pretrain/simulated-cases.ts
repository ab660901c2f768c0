import path from "node:path";
import { InputError, unknownName, type OnProgress } from "../../base/index.js";
import { loadDataset, type Case } from "../../data/index.js";
import { sha256OfFile } from "../../files/index.js";
import { conditions, writePhantomDataset, type ConditionName, type MadeView } from "../../phantom/index.js";
import { digestOf } from "../plan.js";

export interface SimulatedCasesOptions {
  /** One folder per view is made below it. */
  readonly directory: string;
  readonly views: readonly MadeView[];
  /** Only these conditions, of those that a view shows; all of them where left out. */
  readonly classes?: readonly string[];
  /** Images in all, shared evenly between the views. */
  readonly count: number;
  /** Height in pixels. */
  readonly size: number;
  readonly seed: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Simulated images of several views as one set of cases. */
export interface SimulatedCases {
  readonly cases: readonly Case[];
  /** Over truth and images of every view. */
  readonly sha256: string;
}

/** The chosen conditions that a view shows. */
function classesOn(view: MadeView, classes: readonly string[]): string[] {
  const stray = classes.find((name) => !Object.hasOwn(conditions, name));
  if (stray !== undefined) throw unknownName("condition", stray, Object.keys(conditions));
  const shown = classes.filter((name) => (conditions[name as ConditionName].views as readonly string[]).includes(view));
  if (shown.length >= 2) return shown;
  throw new InputError("pretrain-classes", `classes: expected two or more that ${view} shows, got ${shown.length === 0 ? "none" : shown[0]!}. Name more classes, or leave the view out.`);
}

/**
 * Makes the images, or goes on with those that are there. Patients of different views are different persons.
 * @throws InputError `pretrain-classes`, and those of the simulation
 */
export async function simulateCases({ directory, views, count, classes, ...options }: SimulatedCasesOptions): Promise<SimulatedCases> {
  const cases: Case[] = [];
  const digests: [string, string][] = [];
  for (const [i, view] of views.entries()) {
    const folder = path.join(directory, view);
    const share = Math.floor(count / views.length) + (i < count % views.length ? 1 : 0);
    const table = await writePhantomDataset({ ...options, directory: folder, view, ...(classes && { classes: classesOn(view, classes) }), count: share, seed: `${options.seed} ${view}` });
    const dataset = await loadDataset(table);
    // Every image's hash stands beside its truth.
    digests.push([view, await sha256OfFile(path.join(folder, "truth.jsonl"))]);
    cases.push(...dataset.cases.map((one) => ({ ...one, id: `${view}/${one.id}`, patient: `${view} ${one.patient ?? one.id}` })));
  }
  return { cases, sha256: digestOf(digests) };
}
