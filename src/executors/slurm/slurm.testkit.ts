import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts } from "../../files/free-port.testkit.js";

const programs = ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/sbatch"];

function problem(): string | false {
  if (!programs.every((program) => existsSync(program))) return "Slurm (slurm-wlm, slurm-wlm-basic-plugins, munge) is not installed";
  return process.getuid?.() === 0 ? false : "Slurm's daemons are started by the superuser alone";
}

/** Why tests against Slurm are passed over, or false where it can be started. */
export const noSlurm: string | false = problem();

export interface SlurmOptions {
  /** Processors that the one node says it has: tasks at a time. */
  readonly processors: number;
}

/** A Slurm of one node on this machine, of this test alone, with a munge of its own; its folders and ports are its own. */
export class SlurmCluster {
  /** What `sbatch` and the like need in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #daemons: ChildProcess[];

  private constructor(folder: string, environment: Readonly<Record<string, string>>, daemons: ChildProcess[]) {
    this.#folder = folder;
    this.environment = environment;
    this.#daemons = daemons;
  }

  static async start({ processors }: SlurmOptions): Promise<SlurmCluster> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-slurm-"));
    await chmod(folder, 0o755);
    const daemons: ChildProcess[] = [];
    const socket = await startMunge(folder, daemons);
    const [controller, node] = await freePorts(2);
    const host = os.hostname().split(".")[0]!;
    for (const name of ["state", "spool", "log"]) await mkdir(path.join(folder, name));
    const file = path.join(folder, "slurm.conf");
    const lines = [
      "ClusterName=test",
      `SlurmctldHost=${host}(127.0.0.1)`,
      "SlurmUser=root",
      "SlurmdUser=root",
      `SlurmctldPort=${controller}`,
      `SlurmdPort=${node}`,
      "AuthType=auth/munge",
      `AuthInfo=socket=${socket}`,
      "CredType=cred/munge",
      "ProctrackType=proctrack/pgid",
      "TaskPlugin=task/none",
      "SelectType=select/cons_tres",
      // The node has the processors that it says, whatever the machine has.
      "SlurmdParameters=config_overrides",
      "SelectTypeParameters=CR_Core",
      "ReturnToService=2",
      "KillWait=10",
      "SchedulerParameters=sched_interval=2,sched_min_interval=500000",
      `StateSaveLocation=${folder}/state`,
      `SlurmdSpoolDir=${folder}/spool`,
      `SlurmctldPidFile=${folder}/slurmctld.pid`,
      `SlurmdPidFile=${folder}/slurmd.pid`,
      `SlurmctldLogFile=${folder}/log/slurmctld.log`,
      `SlurmdLogFile=${folder}/log/slurmd.log`,
      `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${processors} State=UNKNOWN`,
      `PartitionName=test Nodes=${host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO`,
    ];
    await writeFile(file, `${lines.join("\n")}\n`);
    const environment = { SLURM_CONF: file };
    for (const program of ["slurmctld", "slurmd"]) {
      daemons.push(spawn(`/usr/sbin/${program}`, ["-D", "-f", file], { stdio: "ignore", env: { ...process.env, ...environment } }));
    }
    const cluster = new SlurmCluster(folder, environment, daemons);
    for (let attempt = 0; ; attempt++) {
      const { stdout } = spawnSync("sinfo", ["--noheader", "--format=%T"], { encoding: "utf8", env: { ...process.env, ...environment } });
      if (/idle/.test(stdout)) return cluster;
      if (attempt > 150) {
        const said = await cluster.logs();
        await cluster.stop();
        throw new Error(`Slurm did not start: ${stdout} ${said}`);
      }
      await wait(200);
    }
  }

  /** Runs one of Slurm's commands. */
  run(program: string, args: readonly string[]): string {
    return execFileSync(program, [...args], { encoding: "utf8", env: { ...process.env, ...this.environment } }).trim();
  }

  async logs(): Promise<string> {
    const texts = await Promise.all(["slurmctld", "slurmd"].map((name) => readFile(path.join(this.#folder, "log", `${name}.log`), "utf8").catch(() => "")));
    return texts.map((text) => text.slice(-1500)).join("\n");
  }

  async stop(): Promise<void> {
    spawnSync("scancel", ["--user=root"], { env: { ...process.env, ...this.environment } });
    for (const daemon of this.#daemons.toReversed()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const gone = new Promise((resolve) => daemon.once("exit", resolve));
      daemon.kill("SIGTERM");
      const timer = setTimeout(() => daemon.kill("SIGKILL"), 5000);
      await gone;
      clearTimeout(timer);
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Munge as its own user, with a key of this test. @returns its socket */
async function startMunge(folder: string, daemons: ChildProcess[]): Promise<string> {
  const place = path.join(folder, "munge");
  await mkdir(place, { mode: 0o755 });
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "munge"], { encoding: "utf8" })));
  const key = path.join(place, "munge.key");
  await writeFile(key, randomBytes(128), { mode: 0o400 });
  for (const file of [place, key]) await chown(file, uid!, gid!);
  const socket = path.join(place, "socket");
  const files = ["pid", "log", "seed"].map((name) => `--${name}-file=${path.join(place, name)}`);
  daemons.push(spawn("/usr/sbin/munged", ["--foreground", `--socket=${socket}`, `--key-file=${key}`, ...files], { stdio: "ignore", uid: uid!, gid: gid! }));
  for (let attempt = 0; !existsSync(socket) && attempt < 100; attempt++) await wait(100);
  return socket;
}
