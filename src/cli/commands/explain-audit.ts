import path from "node:path";
import { InputError, UnsupportedError, unknownName, seededRandom, float32 } from "../../base/index.js";
import { attachRegions, loadDataset, type Case } from "../../data/index.js";
import { auditCsv, criteria, criterionNames, isMeasureName, judgeAudit, measureAudit, measures, regionShare, requireCases, usualMethods, withStages, type AuditedCase, type AuditedModel, type ExplanationAudit, type HeatMap, type MeasureName } from "../../explain/index.js";
import { writeFileAtomic, writeJsonAtomic } from "../../files/index.js";
import { decodeImage, fitToFrame, loadRegion, normalize, placement, type Preprocessing } from "../../images/index.js";
import { renderExplanationAudit } from "../../study/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { dataOptions, readCount, readIdentity, readNames, readRegions, readWhere, regionOptions } from "../data-options.js";
import { engineOptions, readEngine } from "../engine-options.js";
import { foreignOptions, readForeign, readMethods } from "../explain-options.js";
import { openExplainedModel } from "../open-explained-model.js";
import { textTable } from "../table.js";
import { osteonVersion } from "../version.js";

/** Cases of the data set that are audited: by the seed, up to half of them from those with a known region. */
function sample(cases: readonly Case[], count: number, seed: number): Case[] {
  const shuffled = seededRandom("audited cases", seed).shuffle(cases);
  const known = shuffled.filter(({ region, boxes, polygons }) => region !== undefined || boxes !== undefined || polygons !== undefined);
  const first = new Set(known.slice(0, Math.ceil(count / 2)));
  return [...first, ...shuffled.filter((one) => !first.has(one))].slice(0, count);
}

/** Images in a network's frame, decoded when they are first needed and kept. */
function frames(cases: readonly Case[], preprocessing: Preprocessing) {
  const kept = new Map<number, Float32Array>();
  const frame = async (index: number): Promise<Float32Array> => {
    const known = kept.get(index);
    if (known !== undefined) return known;
    const { file, id } = cases[index]!;
    const made = fitToFrame(await decodeImage(file, { channels: preprocessing.channels, name: id }), preprocessing);
    kept.set(index, made);
    return made;
  };
  const { size, mean } = preprocessing;
  const read = async (indices: readonly number[]) => {
    const images = float32([indices.length, mean.length, size, size], new Float32Array(indices.length * mean.length * size * size));
    for (const [n, index] of indices.entries()) images.data.set(normalize(await frame(index), preprocessing), n * mean.length * size * size);
    return images;
  };
  return { frame, read };
}

/** A model file as the audit takes it. */
async function openModel(context: Context, file: string, options: OptionValues, cases: readonly Case[]): Promise<AuditedModel & { readonly preprocessing: Preprocessing; readonly frame: (index: number) => Promise<Float32Array> }> {
  const opened = await openExplainedModel(path.resolve(context.folder, file), await readForeign(options, context.folder));
  const { name, inside, labels, preprocessing, region } = opened;
  await opened.release();
  if (inside === undefined) throw new UnsupportedError("audit-inside", `${name}: expected a network whose weights are known, got a model of which only predictions can be had. Its methods cannot be audited.`);
  if (region !== undefined) throw new UnsupportedError("audit-view", `${name}: expected a network that sees the whole image, got one that looks at a part cut out. Audit a network of the whole image.`);
  return { name, architecture: inside.network.architecture, ...withStages(inside), labels, preprocessing, ...frames(cases, preprocessing) };
}

async function regionOf({ id, file, region, boxes, polygons }: Case, preprocessing: Preprocessing): Promise<HeatMap | undefined> {
  if (region === undefined && boxes === undefined && polygons === undefined) return undefined;
  const { height, width } = await decodeImage(file, { channels: "grey", name: id });
  const source = { ...(region !== undefined && { mask: region }), ...(boxes && { boxes }), ...(polygons && { polygons }), name: id };
  const { size } = preprocessing;
  const map = { values: await loadRegion(source, placement(height, width, preprocessing)), height: size, width: size };
  return regionShare(map) > 0 ? map : undefined;
}

function readMeasures(value: OptionValues[string]): MeasureName[] {
  return (readNames(value) ?? []).map((word) => {
    if (!isMeasureName(word)) throw unknownName("measure", word, Object.keys(measures));
    return word;
  });
}

function print(context: Context, audit: ExplanationAudit): void {
  const words = { yes: "yes", no: "NO", "not shown": "not shown", "not tested": "–" } as const;
  context.out(textTable(["method", ...criterionNames.map((name) => criteria[name].title.toLowerCase())], audit.methods.map(({ method, criteria: results }) => [method, ...criterionNames.map((name) => words[results[name].verdict])])));
  for (const { method, reason } of audit.refused) context.note(`${method}: not audited. ${reason}`);
  const skipped = criterionNames.filter((name) => audit.methods.every(({ criteria: results }) => results[name].verdict === "not tested"));
  for (const name of skipped) context.note(`${criteria[name].title}: not tested. ${audit.methods[0]!.criteria[name].reason}`);
}

export const explainAudit: Command = {
  description:
    "For a sample of cases that the model was not trained on: do the maps lie where the finding is known to be, do they mark what the decision rests on, do they change with the weights, are they steady, and do they agree with other networks (--with)? " +
    "Writes audit.html with verdicts, intervals and example maps, audit.json and audit.csv. Methods that fail are drawn like the others, with the verdict beside them.",
  arguments: [
    { name: "<model>", description: "model file of Osteon, or an ONNX classifier" },
    { name: "<data>", description: "CSV table with file,label (and patient, region, boxes, ...), or a folder with one folder per class" },
  ],
  options: [
    { flags: "--methods <names>", description: `methods separated by commas, or all (default: ${usualMethods.join(",")})` },
    { flags: "--cases <n>", description: "cases, drawn by the seed; up to half of them from those with a known region (default: 100)" },
    { flags: "--with <model>", description: "another network trained for the task, of the same architecture for repeatability, of another for reproducibility; may be given several times", repeatable: true },
    { flags: "--measures <names>", description: "further quality measures to read for each case, separated by commas" },
    { flags: "--out <folder>", description: "folder for audit.html, audit.json and audit.csv", default: "osteon-audit" },
    { flags: "--seed <n>", description: "seed of the sample and of what is drawn (default: 0)" },
    { flags: "--examples <n>", description: "cases whose maps are drawn (default: 4)" },
    ...engineOptions,
    ...dataOptions,
    ...regionOptions,
    ...foreignOptions,
  ],
  examples: [
    "osteon explain audit model.onnx test.csv",
    "osteon explain audit fold-1.onnx test.csv --with fold-2.onnx --with resnet50.onnx --methods grad-cam,saliency,rise",
    "osteon explain audit model.onnx test/ --regions masks/ --cases 200 --measures road-most-relevant-first,max-sensitivity --json",
  ],
  async run(context, [file, source], options) {
    const { names } = options["methods"] === undefined ? { names: usualMethods } : readMethods(options["methods"]);
    const [count, seed, shown] = [readCount(options["cases"], "--cases") ?? 100, readCount(options["seed"], "--seed", 0) ?? 0, readCount(options["examples"], "--examples", 0) ?? 4];
    const engine = await readEngine(options, context);
    const further = readMeasures(options["measures"]);
    const data = path.resolve(context.folder, source!);
    const { regions, regionCategories } = readRegions(options, context.folder);
    const loaded = await loadDataset(data, { where: readWhere(options["where"]), skipBad: options["skipBad"] === true, ...(await readIdentity(options, context.folder)) });
    const dataset = regions === undefined ? loaded : await attachRegions(loaded, regions, { ...(regionCategories && { categories: regionCategories }) });
    const cases = sample(dataset.cases, count, seed);
    const subject = await openModel(context, file!, options, cases);
    const peers: AuditedModel[] = [];
    for (const peer of Array.isArray(options["with"]) ? (options["with"] as readonly string[]) : []) peers.push(await openModel(context, peer, options, cases));
    const stray = [...new Set(cases.map(({ label }) => label))].find((label) => !subject.labels.includes(label));
    if (stray !== undefined) throw new InputError("audit-labels", `${path.basename(data)}: expected the model's labels ${subject.labels.join(", ")}, got "${stray}". Name them as the model does, or give --labels.`);
    const audited: AuditedCase[] = [];
    requireCases(cases.length);
    for (const one of cases) {
      context.signal.throwIfAborted();
      const region = await regionOf(one, subject.preprocessing);
      audited.push({ id: one.id, label: one.label, ...(one.patient !== undefined && { patient: one.patient }), ...(region && { region }) });
      context.onProgress({ task: "reading images", done: audited.length, total: cases.length, unit: "images" });
    }
    const measured = await measureAudit(subject, audited, {
      methods: names, peers, measures: further, seed, examples: shown, onProgress: context.onProgress, signal: context.signal, engine,
    });
    const audit = judgeAudit([measured], { model: { name: subject.name, architecture: subject.architecture }, seed });
    const out = path.resolve(context.folder, options["out"] as string);
    const { size } = subject.preprocessing;
    const drawn = await Promise.all(measured.examples.map(async ({ case: i, maps }) => ({
      ...audited[i]!, maps, predicted: audit.readings[i]!.predicted, frame: { values: (await subject.frame(i)).subarray(0, size * size), height: size, width: size },
    })));
    const command = ["osteon explain audit", path.basename(file!), path.basename(data), "--cases", String(count), "--seed", String(seed), "--methods", names.join(","), ...peers.flatMap(({ name }) => ["--with", name])].join(" ");
    const warnings = dataset.cases.length < count ? [`Only ${dataset.cases.length} cases were found; ${count} were asked for.`] : [];
    await writeJsonAtomic(path.join(out, "audit.json"), audit);
    await writeFileAtomic(path.join(out, "audit.csv"), auditCsv(audit.readings));
    await writeFileAtomic(path.join(out, "audit.html"), await renderExplanationAudit(audit, drawn, { data: path.basename(data), software: osteonVersion(), command, warnings }));
    if (options["json"] === true) return context.out(JSON.stringify({ ...audit, readings: undefined, page: path.join(out, "audit.html") }, null, 2));
    print(context, audit);
    context.out("");
    context.out(`page         ${path.join(out, "audit.html")}`);
    context.out(`all numbers  ${path.join(out, "audit.json")}`);
    context.out(`every map    ${path.join(out, "audit.csv")}`);
    context.note("The verdicts hold for cases that the model was not trained on. For research. Not a medical device.");
  },
};
