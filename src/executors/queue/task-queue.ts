import PgBoss from "pg-boss";
import type { StudyTask } from "../../study/index.js";
import { checkAddress, Database } from "./database.js";

/** What a worker is told. */
export interface TaskJob {
  /** The run's folder, as the leading machine calls it. */
  readonly run: string;
  readonly round: number;
  readonly attempts: number;
  readonly task: StudyTask;
}

/** A job that a worker holds. */
export interface HeldJob extends TaskJob {
  readonly id: string;
  /** Counts how often the job was handed out. */
  readonly handedOut: number;
}

const queue = "osteon-tasks";
const schema = "osteon_jobs";

/** Seconds after which a job whose worker is silent is handed out again. */
export const leaseSeconds = 15;

/** Pause between two signs of life. */
export const renewMs = 3000;

/** Rows of an answer; `batch` of pg-boss's statements run several at once and answer nothing. */
type Rows = { rows: Record<string, unknown>[] };

/** The queue that all studies on a database share. pg-boss hands each job to one worker, and out again when the worker is silent. */
export class TaskQueue {
  readonly #database: Database;
  readonly #boss: PgBoss;

  private constructor(database: Database, boss: PgBoss) {
    this.#database = database;
    this.#boss = boss;
  }

  /** @throws DataError `database-unreachable`; InputError `database-refused`, `database-address` */
  static async open(address: string): Promise<TaskQueue> {
    checkAddress(address);
    const database = new Database(address);
    try {
      const db = { executeSql: (text: string, values: unknown[]): Promise<Rows> => database.executeSql(text, values) };
      const boss = new PgBoss({ db, schema, schedule: false, supervise: true, migrate: true, maintenanceIntervalSeconds: 3, deleteAfterDays: 7 });
      // Maintenance that failed once, as the server was away, is done the next time.
      boss.on("error", () => undefined);
      await database.executeSql("SELECT 1");
      await boss.start();
      await boss.createQueue(queue, { name: queue, policy: "standard" });
      return new TaskQueue(database, boss);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** @returns the job's id */
  async send(job: TaskJob): Promise<string> {
    // The limit of attempts is that of the task, which counts over all jobs and executors; the queue only hands out.
    const id = await this.#boss.send(queue, job, { retryLimit: 10_000, retryDelay: 1, expireInSeconds: leaseSeconds, retentionDays: 30 });
    return id!;
  }

  /** The next job, if there is one. */
  async take(): Promise<HeldJob | undefined> {
    const [job] = await this.#boss.fetch<TaskJob>(queue, { includeMetadata: true, batchSize: 1 });
    return job && { ...job.data, id: job.id, handedOut: job.retryCount };
  }

  /**
   * Says that the worker lives. The queue measures a job's time from its start, so the start is put off.
   * @returns whether the worker still holds the job: it may have been handed to another, or withdrawn
   */
  async renew({ id, handedOut }: HeldJob): Promise<boolean> {
    const { rowCount } = await this.#database.executeSql(`UPDATE ${schema}.job SET started_on = now() WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`, [queue, id, handedOut]);
    return rowCount > 0;
  }

  /** The job needs nobody any more. */
  async finish({ id }: HeldJob): Promise<void> {
    await this.#boss.complete(queue, id);
  }

  /** The job goes to the next worker. */
  async giveBack(job: HeldJob, reason: string): Promise<void> {
    if (await this.renew(job)) await this.#boss.fail(queue, job.id, { reason });
  }

  /** States of jobs by id; `completed` for those that are no longer known. */
  async states(ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#database.executeSql(`SELECT id::text, state::text FROM ${schema}.job WHERE name = $1 AND id = ANY($2::uuid[])`, [queue, ids]);
    const known = new Map(rows.map(({ id, state }) => [String(id), String(state)]));
    return new Map(ids.map((id) => [id, known.get(id) ?? "completed"]));
  }

  /** Withdraws what a run still has in the queue; its workers stop after a checkpoint. */
  async withdraw(run: string): Promise<number> {
    const { rows } = await this.#database.executeSql(`SELECT id::text FROM ${schema}.job WHERE name = $1 AND data->>'run' = $2 AND state < 'completed'`, [queue, run]);
    if (rows.length > 0) await this.#boss.cancel(queue, rows.map(({ id }) => String(id)));
    return rows.length;
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false, wait: true }).catch(() => undefined);
    await this.#database.close();
  }
}
