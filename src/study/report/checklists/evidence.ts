import type { StudyResults } from "../../results.js";
import { counted, foldsPerSeed, listed, seedsOf } from "../methods-text.js";
import type { EvidenceName } from "./contract.js";

/**
 * Where an item stands: reported by the run; in part, the rest being the author's; not done in this run; or only the
 * author's to supply.
 */
export type EvidenceState = "reported" | "in part" | "not done" | "author";

export interface Evidence {
  readonly state: EvidenceState;
  readonly note: string;
  /** Files of the run, relative to its folder, and places in its report. */
  readonly links: readonly string[];
}

/** What the run's folder holds to link to. */
export interface RunContents {
  /** Anchors of the report's sections. */
  readonly sections: ReadonlySet<string>;
  readonly tables: ReadonlySet<string>;
  readonly figures: ReadonlySet<string>;
}

const section = (id: string): string => `report.html#${id}`;
const table = (name: string): string => `tables/${name}.csv`;
const figure = (name: string): string => `figures/${name}.svg`;

/** What this run shows for every item there is. Only what follows from the results is claimed. */
export function evidenceOf(results: StudyResults, contents: RunContents): Readonly<Record<EvidenceName, Evidence>> {
  const { data, cells, subgroups = [], comparisons, study } = results;
  const [seeds, k] = [seedsOf(results), foldsPerSeed(results)];
  const columns = [...new Set(subgroups.map(({ column }) => column))];
  const isThere = (link: string): boolean => {
    const [, id] = /^report\.html#(.+)$/.exec(link) ?? [];
    if (id !== undefined) return contents.sections.has(id);
    const [, name] = /^tables\/(.+)\.csv$/.exec(link) ?? [];
    if (name !== undefined) return contents.tables.has(name);
    const [, plot] = /^figures\/(.+)\.svg$/.exec(link) ?? [];
    return plot === undefined || contents.figures.has(plot);
  };
  const say = (state: EvidenceState, note: string, ...links: string[]): Evidence => ({ state, note, links: links.filter(isThere) });
  const balanced = [...new Set(cells.filter(({ settings }) => (settings["classWeights"] ?? "none") !== "none").map(({ row }) => row))];
  const methods = section("methods");
  const hasModels = cells.some(({ folds }) => folds.some(({ model }) => model !== undefined));
  const subgroupTables = [...contents.tables].filter((name) => name.startsWith("subgroups-")).map(table);
  const described = Object.keys(data.characteristics?.columns ?? {});
  const severity = described.find((column) => /grade|severity/i.test(column));
  const sites = columns.find((column) => /^(site|hospital|center|centre|institution)/i.test(column));
  const explanation = say(
    data.casesWithRegion > 0 ? "reported" : "in part",
    data.casesWithRegion > 0 ? `Heat maps, and the share of them inside the known region with interval, beside the accuracy.` : "Heat maps are shown; without a known region their relevance was not measured.",
    section("maps"),
    section("relevance"),
    section("explanationAudit"),
    table("accuracy-and-relevance"),
  );
  return {
    author: say("author", "Only the author can supply this."),
    title: say("in part", `The recipe's title is "${study.title}"; the manuscript's is the author's.`, section("summary")),
    objectives: study.question === undefined ? say("author", "The recipe states no question.") : say("in part", `The recipe's question: ${study.question} Hypotheses are the author's.`, section("summary")),
    source: say("in part", `${data.source}, with the checksum of labels and images. Where they come from is for the author to say.`, section("data"), section("reproduce")),
    eligibility: say("in part", `What the run left out is counted with its reason (${data.filteredOut} by the filter, ${data.setAside.length} unreadable). Clinical criteria are the author's.`, section("data"), figure("flow")),
    preprocessing: say("reported", "Every step from the file to the network's input.", methods, section("setup"), table("set-up")),
    subset: Object.keys(data.where).length > 0 ? say("reported", `Rows with ${listed(Object.entries(data.where).map(([key, value]) => `${key} = ${value}`))}.`, section("data")) : say("reported", "No subset: every readable case of the data was used.", section("data")),
    "missing-data": say("in part", `${counted(data.setAside.length, "image")} set aside, with the reason; values that the table does not tell are counted. What that may bias is for the author to say.`, table("characteristics"), ...(data.setAside.length > 0 ? [table("set-aside")] : [])),
    split: say("reported", k > 1 ? `${k}-fold cross-validation, ${counted(seeds.length, "seed")}; numbers of every fold.` : "One split; numbers of every part.", methods, table("splits")),
    disjoint:
      results.leaks?.crossing !== undefined
        ? say("not done", `${counted(results.leaks.crossing.length, "pair")} of one patient or image stand on two sides of the split; the run was made all the same.`, section("leaks"), section("data"))
        : data.patients === undefined
        ? say("not done", "The table names no patients: parts share no image, but may share patients.", section("data"), section("leaks"))
        : say("reported", "By patient: all images of one are on the same side of every split.", methods, section("data"), section("leaks")),
    imbalance: say("reported", balanced.length > 0 ? `Classes were weighted in the loss in ${listed(balanced)}; folds are balanced by class.` : "Nothing was done in training; folds are balanced by class and means over the classes are reported.", methods, section("setup")),
    "sample-size": say("not done", "No calculation was made; the widths of the intervals show what the number of cases can tell.", section("limits")),
    architecture: say("reported", `${listed([...new Set(cells.map(({ network }) => network))])}, with parameters${hasModels ? "; every trained network lies in the run as an ONNX file" : ""}.`, section("setup"), methods),
    software: say("in part", `Osteon ${results.software.osteon}, ${results.software.runtime}, Node ${results.software.node}. Imaging devices are the author's.`, section("reproduce")),
    initialization: say("reported", "Start weights of every cell, with checksums.", section("setup"), section("reproduce")),
    training: say("reported", "Every setting, the augmentation, the learning curves and when training ended.", methods, section("setup"), section("curves")),
    selection:
      results.search !== undefined
        ? say("reported", "Settings were searched inside the training folds; the space, the trials and the rule are told.", section("search"))
        : say("reported", `No selection: all ${counted(cells.length, "cell")} of the recipe ${cells.length === 1 ? "is" : "are"} reported, and paired tests are adjusted for their number.`, section("performance"), section("tests")),
    ensembling: cells.some(({ view }) => view === "crop-and-whole") ? say("reported", "Probabilities of the region and of the whole image were averaged, in the cells that say so.", methods) : say("reported", "No ensemble was made.", methods),
    output: say("reported", "One probability per class; the class of the largest is predicted, no threshold was tuned, and no case is left undecided.", methods, section("calibration")),
    measures: say("reported", "Discrimination, calibration and net benefit, with formulas and sources in the reference pages.", section("performance"), section("calibration"), section("decisions")),
    uncertainty: say("reported", `${Math.round(results.level * 100)} % intervals of every figure${comparisons.length > 0 ? "; paired tests on the same cases, adjusted by Holm's method" : ""}.`, methods, section("tests"), table("paired-tests")),
    robustness:
      seeds.length > 1 || columns.length > 0
        ? say("in part", `${[seeds.length > 1 ? `${seeds.length} seeds` : "", columns.length > 0 ? `subgroups by ${listed(columns)}` : "", k > 1 ? "spread over the folds" : ""].filter((text) => text !== "").join(", ")}. Which analyses were planned is for the author to say.`, section("performance"), section("folds"), section("subgroups"))
        : k > 1
          ? say("in part", "Spread over the folds alone; one seed, no subgroups.", section("folds"))
          : say("not done", "One split and one seed."),
    explanation,
    "internal-testing": say("reported", k > 1 ? "Every case was tested by networks that had not seen it." : "Test cases took no part in training.", section("performance"), table("performance"), "predictions.csv"),
    "external-testing": results.external === undefined ? say("not done", "No external cases were tested in this run.", section("limits")) : say("reported", `${counted(results.external.cases, "image")} of ${results.external.source}, which no network had seen.`, section("external"), table("external")),
    flow: say("reported", "From what was listed to what was analyzed, with reasons.", section("data"), figure("flow")),
    characteristics: described.length > 0 ? say("reported", `${listed(described)}, by class, with what is missing.`, table("characteristics"), section("data")) : say("in part", "Numbers of images by class alone: the table has no columns that describe patients.", table("characteristics"), section("data")),
    performance: say("reported", "With intervals, for every cell, class and fold.", table("performance"), table("classes"), section("roc")),
    subgroups: columns.length > 0 ? say("reported", `By ${listed(columns)}, with intervals, a test of interaction and the lowest group.`, section("subgroups"), ...subgroupTables) : say("not done", "No subgroups were asked for (key subgroups of the recipe, or --subgroup).", section("limits")),
    "cross-table": say("reported", "One matrix per cell.", section("confusion"), table("confusion")),
    failures: say("reported", "Every error of the most accurate cell, the most confident with pictures.", section("failures"), section("confusion"), ...(contents.tables.has("failures") ? [table("failures")] : [])),
    limits: say("in part", "What follows from the data and the design. The rest is the author's.", section("limits"), section("leaks"), section("shortcuts")),
    severity: severity === undefined ? say("author", "The table has no column of severity.") : say("reported", `Column ${severity}.`, table("characteristics")),
    recalibration: say("not done", "Probabilities were not recalibrated; how well they are calibrated is told.", section("calibration")),
    sites: sites === undefined ? say("author", "Sites were not compared: no subgroups by a column of sites were asked for.") : say("in part", `Subgroups by ${sites}. Places and their choice are the author's.`, section("subgroups"), ...subgroupTables),
    "model-files": hasModels ? say("reported", "One ONNX file per cell and fold with preprocessing, labels and record; the command predict reads it.", section("reproduce"), "results.json") : say("not done", "The trained networks were discarded, as the recipe says; recipe, data and seeds make them again.", section("reproduce")),
    code: say("in part", "Software and recipe are told so that the run can be repeated; licence and place of data and models are the author's.", section("reproduce"), "model-card.md"),
    "data-sharing": say("author", "Only the author can say who may have the images. The predictions lie in the run."),
    "audit-trail": say("reported", "Every prediction is kept; osteon study verify computes the figures again from them.", "predictions.csv", "results.json"),
    "compared-parts": results.external !== undefined ? say("in part", "The external cases are counted by class; how else they differ is for the author to say.", section("external")) : k > 1 ? say("not done", "All cases serve training and testing in turn; there is no separate evaluation data.", section("data")) : say("in part", "The parts are described side by side.", table("characteristics")),
  };
}
