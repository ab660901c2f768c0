import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { OsteonError, unknownName, type Progress } from "../../base/index.js";
import type { RecipeSource } from "../../study/index.js";
import { system } from "../audit/chain.js";
import type { CheckedBody } from "../contract/routes.js";
import type { StudyEvent, StudySummary, Task } from "../contract/studies.js";
import { notFound, refusal, withoutPaths } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { Person } from "../people/person.js";
import { dataPathOf } from "../data-sets/table-of.js";
import type { Store } from "../store/store.js";
import { studyIdOf } from "./index-run.js";
import type { RunCatalog, StudyRow } from "./run-catalog.js";
import type { StudyHandle } from "../../executors/index.js";

type StartBody = CheckedBody<"startStudy">;
type SaidProgress = NonNullable<StudySummary["progress"]>;

interface Active {
  readonly handle: StudyHandle;
  /** Whether it takes one of the places on this machine. */
  readonly isHere: boolean;
  progress?: SaidProgress;
}

/** A study that waits for a place on this machine. */
interface Waiting {
  readonly study: string;
  readonly launch: () => Promise<void>;
}

interface Launch {
  readonly study: string;
  readonly folder: string;
  readonly recipe: RecipeSource;
  readonly body: StartBody;
  readonly data: string;
}

/** What studies may use of this machine. */
export interface LocalBudget {
  /** Studies at a time; the others wait. */
  readonly studies?: number;
  /** Tasks of a study at a time. */
  readonly jobs?: number;
  readonly cores?: number;
  readonly memoryGib?: number;
}

export interface RunnerOptions {
  readonly version: string;
  /** `postgres://...` of the queue; workers on other machines watch it. */
  readonly database?: string;
  /** Command that starts Osteon on the nodes of a cluster. */
  readonly command?: readonly string[];
  readonly say: (message: string, error: unknown) => void;
  /** Published weights that are at hand, by network. */
  readonly weights: Readonly<Record<string, string>>;
  readonly local?: LocalBudget;
}

// Large rooms that a server needs when somebody starts a study, and not to begin.
const studyRoom = () => import("../../study/index.js");
const executorsRoom = () => import("../../executors/index.js");

/** Pause between two looks at the tasks of a study that somebody follows. */
const lookAtTasksMs = 1000;

/** Tasks that have a place in the table of tasks of a page. */
const stateOfTask = { waiting: "waiting", running: "running", finished: "finished", "given-up": "failed" } as const;

function sayProgress({ task, done, total, unit, note }: Progress): SaidProgress {
  return { share: total === 0 ? 0 : Math.min(1, done / total), task, ...(note !== undefined && { note }), done, total, unit, at: now() };
}

/** Starts, stops and resumes studies, and tells pages how they go. */
export class StudyRunner {
  readonly #store: Store;
  readonly #catalog: RunCatalog;
  readonly #options: RunnerOptions;
  readonly #active = new Map<string, Active>();
  readonly #waiting: Waiting[] = [];
  /** Studies that are done on this machine now. */
  #here = 0;
  readonly #listeners = new Map<string, Set<(event: StudyEvent) => void>>();
  /** Studies whose tasks are followed, as somebody listens. */
  readonly #followed = new Set<string>();
  readonly #stop = new AbortController();

  constructor(store: Store, catalog: RunCatalog, options: RunnerOptions) {
    this.#store = store;
    this.#catalog = catalog;
    this.#options = options;
  }

  /** Studies that a server before this one left running are stopped now: they go on when somebody resumes them. */
  async recover(): Promise<void> {
    await this.#store.write(({ tx }) => tx.updateTable("studies").set({ state: "stopped" }).where("state", "in", ["queued", "running", "stopping"]).execute());
  }

  isActive(study: string): boolean {
    return this.#active.has(study) || this.#isWaiting(study);
  }

  #isWaiting(study: string): boolean {
    return this.#waiting.some((one) => one.study === study);
  }

  progress(study: string): SaidProgress | undefined {
    return this.#active.get(study)?.progress;
  }

  listen(study: string, listener: (event: StudyEvent) => void): () => void {
    const listeners = this.#listeners.get(study) ?? new Set();
    this.#listeners.set(study, listeners.add(listener));
    if (this.#active.has(study)) void this.#followTasks(study);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(study);
    };
  }

  /** Whether somebody listens to a study. */
  isHeard(study: string): boolean {
    return this.#listeners.has(study);
  }

  #tell(study: string, event: StudyEvent): void {
    for (const listener of this.#listeners.get(study) ?? []) listener(event);
  }

  /**
   * Tells what has changed of a study's tasks, again and again while it runs and somebody listens. Read from the run's folder, as
   * tasks may be done on any machine.
   */
  async #followTasks(study: string): Promise<void> {
    if (this.#followed.has(study)) return;
    this.#followed.add(study);
    const told = new Map<string, string>();
    try {
      const row = await this.#catalog.row(study);
      for (let isLast = false; !isLast && this.#listeners.has(study); ) {
        // What changed up to the end is told after it, too.
        isLast = !this.#active.has(study);
        for (const task of await this.tasks(row).catch((): Task[] => [])) {
          const text = JSON.stringify({ ...task, progress: { ...task.progress, at: "" } });
          if (told.get(task.id) !== text) this.#tell(study, { event: "task", task });
          told.set(task.id, text);
        }
        if (!isLast) await setTimeout(lookAtTasksMs, undefined, { signal: this.#stop.signal });
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.say("tasks of a study could not be followed", error);
    } finally {
      this.#followed.delete(study);
    }
  }

  /** @throws InputError for a recipe with mistakes; Refusal 404 for a data set that is not there */
  async start(body: StartBody, person: Person): Promise<string> {
    const { parseRecipe, planCells } = await studyRoom();
    const recipe = parseRecipe(body.recipe, "recipe");
    const cells = planCells(this.#narrow(recipe, body)).length;
    const set = await this.#store.db.selectFrom("datasets").selectAll().where("id", "=", body.dataset).where("removed", "=", 0).where("state", "=", "ready").executeTakeFirst();
    if (set === undefined) throw notFound("data set");
    if (body.executor === "queue" && this.#options.database === undefined) throw refusal("executor-queue");
    if (body.executor === "slurm" && this.#options.command === undefined) throw refusal("executor-slurm");
    const folder = `osteon-runs/${recipe.study}-${newId().slice(0, 8)}`;
    const study = studyIdOf(folder);
    const summary = { labels: (JSON.parse(set.facts) as { labels: string[] }).labels, cases: (JSON.parse(set.facts) as { cases: number }).cases, cells, ...(recipe.question !== undefined && { question: recipe.question }) };
    await this.#store.write(({ tx }) =>
      tx.insertInto("studies").values({ id: study, folder, name: recipe.study, title: recipe.title ?? recipe.study, state: "queued", problem: null, summary: JSON.stringify(summary), stamp: "", dataset_id: set.id, request: JSON.stringify(body), created_at: now(), finished_at: null, removed: 0 }).execute(),
    );
    await this.#enter({ study, folder, recipe, body, data: await dataPathOf({ store: this.#store, root: this.#catalog.root }, set.id) }, person);
    return study;
  }

  async resume(row: StudyRow, person: Person): Promise<void> {
    if (this.isActive(row.id)) throw refusal("study-runs");
    if (row.request === null || row.dataset_id === null) throw refusal("study-foreign");
    const body = JSON.parse(row.request) as StartBody;
    const { parseRecipe } = await studyRoom();
    await this.#enter({ study: row.id, folder: row.folder, recipe: parseRecipe(body.recipe, "recipe"), body, data: await dataPathOf({ store: this.#store, root: this.#catalog.root }, row.dataset_id) }, person);
  }

  async stop(study: string): Promise<void> {
    const active = this.#active.get(study);
    const place = this.#waiting.findIndex((one) => one.study === study);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      return this.#setState(study, "stopped");
    }
    if (active === undefined) throw refusal("study-idle");
    await this.#setState(study, "stopping");
    void active.handle.stop();
  }

  async #setState(study: string, state: StudySummary["state"], problem?: string): Promise<void> {
    await this.#store.write(({ tx }) => tx.updateTable("studies").set({ state, problem: problem ?? null, ...(state === "finished" && { finished_at: now() }) }).where("id", "=", study).execute());
    this.#tell(study, { event: "state", state, ...(problem !== undefined && { problem }) });
  }

  /** The part of a recipe that is asked for. @throws InputError naming what the recipe does not have */
  #narrow(recipe: RecipeSource, { networks, regimes, seeds }: StartBody): RecipeSource {
    const known = { network: recipe.networks, regime: Object.keys(recipe.regimes) };
    for (const name of networks ?? []) if (!known.network.includes(name)) throw unknownName("network", name, known.network);
    for (const name of regimes ?? []) if (!known.regime.includes(name)) throw unknownName("regime", name, known.regime);
    const rows = regimes ?? known.regime;
    return { ...recipe, networks: networks ?? recipe.networks, regimes: Object.fromEntries(rows.map((row) => [row, recipe.regimes[row]!])), ...(seeds && { seeds }) };
  }

  /** Starts a study, or lets it wait for a place: this machine is not divided among all that people start. */
  async #enter(launch: Launch, person: Person): Promise<void> {
    const { study, body } = launch;
    if (body.executor !== "local") return this.#launch(launch, person);
    if (this.#here < (this.#options.local?.studies ?? 1)) return this.#launchHere(() => this.#launch(launch, person));
    this.#waiting.push({ study, launch: () => this.#launch(launch, person) });
    await this.#setState(study, "queued");
  }

  async #launchHere(launch: () => Promise<void>): Promise<void> {
    this.#here += 1;
    await launch().catch((error: unknown) => {
      this.#here -= 1;
      throw error;
    });
  }

  /** Gives a place on this machine back, to the study that has waited longest. */
  async #leave(): Promise<void> {
    this.#here -= 1;
    const next = this.#stop.signal.aborted ? undefined : this.#waiting.shift();
    if (next === undefined) return;
    await this.#launchHere(next.launch).catch(async (error: unknown) => {
      this.#options.say("a study that waited could not be started", error);
      await this.#setState(next.study, "failed", "The study could not be started. Resume it.");
    });
  }

  async #launch({ study, folder, recipe, body, data }: Launch, person: Person): Promise<void> {
    const { startStudy, StudyStopped } = await executorsRoom();
    const kind = body.executor;
    const { studies: _, ...beside } = this.#options.local ?? {};
    const handle = startStudy({
      study: {
        recipe: this.#narrow(recipe, body),
        data,
        out: path.join(this.#catalog.root, folder),
        weights: this.#options.weights,
        softwareVersion: this.#options.version,
        command: `osteon study run ${recipe.study}.yaml --data ${path.basename(data)}`,
        skipBad: body.skipBad === true,
        acceptLeaks: body.acceptLeaks === true,
      },
      executor: kind === "queue" ? { kind, database: this.#options.database! } : kind === "slurm" ? { kind, command: this.#options.command! } : { kind, jobs: 1, ...beside },
      onProgress: (progress) => this.#follow(study, progress),
      onWarning: (message) => this.#tell(study, { event: "log", line: message }),
    });
    this.#active.set(study, { handle, isHere: kind === "local" });
    if (this.#listeners.has(study)) void this.#followTasks(study);
    void this.#setState(study, "running");
    void handle.finished.then(
      () => this.#end(study, "finished", person),
      (error: unknown) => this.#end(study, error instanceof StudyStopped ? "stopped" : "failed", person, error),
    );
  }

  #follow(study: string, progress: Progress): void {
    const active = this.#active.get(study);
    // Epochs are told with their task.
    if (active === undefined || progress.epoch !== undefined) return;
    active.progress = sayProgress(progress);
    this.#tell(study, { event: "progress", progress: active.progress });
  }

  async #end(study: string, state: "finished" | "stopped" | "failed", person: Person, error?: unknown): Promise<void> {
    const isHere = this.#active.get(study)?.isHere === true;
    this.#active.delete(study);
    const problem = state === "failed" ? withoutPaths(error instanceof OsteonError ? error.message : "The study failed. Its log says more.") : undefined;
    if (state === "failed" && !(error instanceof OsteonError)) this.#options.say("a study failed", error);
    try {
      if (state === "finished") await this.#catalog.look({ force: true });
      await this.#setState(study, state, problem);
      await this.#store.record({ actor: system, action: `study.${state}`, subject: study, details: { startedBy: person.id } });
    } catch (failure) {
      this.#options.say("the end of a study could not be written down", failure);
    }
    if (isHere) await this.#leave();
  }

  async tasks(row: StudyRow): Promise<Task[]> {
    const { studyStatus } = await executorsRoom();
    const { tasks } = await studyStatus(this.#catalog.folderOf(row));
    return tasks.map(({ id, kind, cell, seed, fold, state, attempts, worker, progress, history, reason }) => ({
      id, kind, cell, seed, fold, state: stateOfTask[state], attempt: attempts, ...(worker !== undefined && { worker }), ...(reason !== undefined && { problem: withoutPaths(reason) }),
      ...(progress && { progress: sayProgress(progress) }), ...(history && { history: [...history] }),
    }));
  }

  async readLog(row: StudyRow, task: string | undefined): Promise<string> {
    const folder = this.#catalog.folderOf(row);
    const { taskLog } = await executorsRoom();
    return withoutPaths(task === undefined ? await readFile(path.join(folder, "study.log"), "utf8").catch(() => "") : await taskLog(folder, task));
  }

  executors(): string[] {
    return ["local", ...(this.#options.command === undefined ? [] : ["slurm"]), ...(this.#options.database === undefined ? [] : ["queue"])];
  }

  /** Machines that work on the studies that run now. */
  async workers(): Promise<{ id: string; host: string; state: string; task?: string }[]> {
    const { studyStatus } = await executorsRoom();
    const rows = await this.#store.db.selectFrom("studies").selectAll().where("state", "in", ["running", "stopping"]).execute();
    const all = await Promise.all(rows.map((row) => studyStatus(this.#catalog.folderOf(row)).then(({ workers }) => workers, () => [])));
    return all.flat().map(({ worker, host, task }) => ({ id: worker, host, state: task === undefined ? "waiting" : "working", ...(task !== undefined && { task }) }));
  }

  /** Stops what runs, each at its next safe point. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#active.values()].map(({ handle }) => handle.stop().catch(() => {})));
  }
}
