import { figuresOfStudy, formatStudy } from "./study/results.js";
import type { MeasuredStudy } from "./study/study-csv.js";
import { peers } from "./peers.js";
import { figuresOf, figuresOfPeer, formatPeer, formatRatio, formatShare, notesOf, tfjsPeers } from "./table.js";
import type { Measured } from "./csv.js";
import { studiedNetworks, type Task, tasks } from "./work.js";

/** Where the parts of the page are that are made from measurements. */
const marks = {
  works: ["<!-- measured: begin (npm run bench -- page) -->", "<!-- measured: end -->"],
  study: ["<!-- study: begin (npm run bench -- page) -->", "<!-- study: end -->"],
} as const;

/** What the project asks of itself, as a ratio to PyTorch. */
export function barOf(network: string, task: Task): number | undefined {
  if (task === "inference") return 1.8;
  if (task === "fine-tuning") return { resnet50: 1.4, mobilenet_v2: 2, vgg16: 1.1 }[network] ?? 1;
  return undefined;
}

function row(measured: Measured): string {
  const { work, osteon } = measured;
  const { osteon: rates, ofPeak, ofRoofline } = figuresOf(measured);
  const torch = figuresOfPeer(measured, "torch");
  const bar = barOf(work.network, work.task);
  const cells = [
    work.network, String(work.batch), rates.median.toFixed(2), torch?.median.toFixed(2) ?? "", torch === undefined ? "" : formatRatio(torch.ratio), bar === undefined ? "" : `${bar} x`,
    formatShare(ofPeak), formatShare(ofRoofline), osteon.peakMb.toFixed(0), torch?.peakMb.toFixed(0) ?? "",
    ...tfjsPeers.map((name) => (measured.peers[name] === undefined ? "" : formatPeer(measured, name))),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Each note once, with the networks it is true of. */
function notes(all: readonly Measured[]): string[] {
  const networks = new Map<string, string[]>();
  for (const one of all) for (const note of notesOf(one)) networks.set(note, [...(networks.get(note) ?? []), one.work.network]);
  return [...networks].map(([note, names]) => `- ${note} (${names.join(", ")})`);
}

function tableOf(task: Task, all: readonly Measured[]): string[] {
  const order = (network: string) => (studiedNetworks as readonly string[]).indexOf(network);
  const own = all.filter(({ work }) => work.task === task).toSorted((a, b) => order(a.work.network) - order(b.work.network));
  if (own.length === 0) return [];
  const said = notes(own);
  return [
    `#### ${tasks[task].title}`, "", tasks[task].summary, "",
    `| network | batch | Osteon img/s | PyTorch img/s | ratio | bar | of peak | of roofline | Osteon MB | PyTorch MB | ${tfjsPeers.map((name) => `${peers[name].title} img/s (ratio)`).join(" | ")} |`,
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...own.map(row), "",
    ...(said.length === 0 ? [] : [...said, ""]),
  ];
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].filter((value) => value !== "").join("; ");
}

/** The tables of one machine. */
function sectionOf(machine: string, all: readonly Measured[]): string {
  const of = (key: keyof Measured["circumstances"]) => distinct(all.map(({ circumstances }) => circumstances[key]));
  const span = (values: readonly number[]) => `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
  return [
    `### ${machine}`, "",
    `Node ${of("node")}, ${of("runtime")}, PyTorch ${of("torch")}, tfjs ${of("tfjs") || "not measured"}; ${distinct(all.map(({ work }) => `${work.threads} threads, ${work.size} x ${work.size}`))}. Commits: ${of("commit")}.`,
    `Peaks measured before each row: matrix product ${span(all.map(({ peaks }) => peaks.gflops))} GFLOP/s, memory ${span(all.map(({ peaks }) => peaks.bandwidthGBs))} GB/s.`,
    "",
    ...(Object.keys(tasks) as Task[]).flatMap((task) => tableOf(task, all)),
  ].join("\n");
}

function studySection({ rows, protocol, circumstances }: MeasuredStudy): string {
  const { images, size, threads, accuracy } = protocol;
  const { machine, runtime, torch, commit } = circumstances;
  return [`${images} images of ${size} x ${size}, ${threads} threads; ${machine}, ${runtime}, PyTorch ${torch}, commit ${commit}.`, "", formatStudy(figuresOfStudy(rows, accuracy), accuracy)].join("\n");
}

function replaceBetween(page: string, [begin, end]: readonly [string, string], section: string): string {
  const [first, last] = [page.indexOf(begin), page.indexOf(end)];
  if (first < 0 || last < first) throw new Error(`page: expected the marks "${begin}" and "${end}" in this order. Put them where the tables belong.`);
  return `${page.slice(0, first)}${begin}\n${section}\n${page.slice(last)}`;
}

/** The page with the parts between the marks made anew from measurements. */
export function updatePage(page: string, all: readonly Measured[], study?: MeasuredStudy): string {
  const machines = [...new Set(all.map(({ circumstances }) => circumstances.machine))].toSorted();
  const sections = machines.map((machine) => sectionOf(machine, all.filter(({ circumstances }) => circumstances.machine === machine)));
  const updated = replaceBetween(page, marks.works, sections.join("\n"));
  return study === undefined ? updated : replaceBetween(updated, marks.study, studySection(study));
}
