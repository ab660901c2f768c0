import { criteria, criterionNames, methods, outline, overlay, scaleToPeak, type AuditExample, type ExplanationAudit, type HeatMap, type MethodName } from "../../explain/index.js";
import { encodePicture, type Picture } from "../../images/index.js";
import { readingsTable, reasonsList, rulesList, verdictTable } from "../report/audit-table.js";
import { duration } from "../report/format.js";
import { html, Html } from "../report/html.js";
import { style } from "../report/style.js";

/** A case whose maps are drawn. */
export interface DrawnCase {
  readonly id: string;
  readonly label?: string;
  readonly predicted: string;
  /** [S, S] in 0..1. */
  readonly frame: HeatMap;
  readonly region?: HeatMap;
  readonly maps: AuditExample["maps"];
}

export interface AuditPageFacts {
  readonly data: string;
  readonly software: string;
  readonly command: string;
  readonly warnings: readonly string[];
}

async function dataUrl(picture: Picture): Promise<string> {
  return `data:image/jpeg;base64,${Buffer.from(await encodePicture(picture, "jpeg")).toString("base64")}`;
}

/** What a method failed, in a line under its map; methods that fail are drawn like the others. */
function verdictLine(audit: ExplanationAudit, method: MethodName): Html {
  const { criteria: results } = audit.methods.find((one) => one.method === method)!;
  const failed = criterionNames.filter((name) => results[name].verdict === "no").map((name) => criteria[name].title.toLowerCase());
  const passed = criterionNames.filter((name) => results[name].verdict === "yes").map((name) => criteria[name].title.toLowerCase());
  return html`${failed.length > 0 && html`<br><span class="wrong">✗ ${failed.join(", ")}: no</span>`}${passed.length > 0 && html`<br><span class="right">✓ ${passed.join(", ")}</span>`}`;
}

async function drawCase(audit: ExplanationAudit, one: DrawnCase): Promise<Html> {
  const blank: HeatMap = { values: new Float32Array(1), height: 1, width: 1 };
  const plain = await dataUrl(overlay(one.frame, blank));
  const region = one.region && (await dataUrl(outline(one.frame, one.region)));
  const drawn = await Promise.all(
    Object.entries(one.maps).map(async ([name, map]) => {
      const method = name as MethodName;
      const { title, signed } = methods[method];
      const scaled = scaleToPeak(map);
      return html`<figure><img src="${await dataUrl(overlay(one.frame, scaled, { scale: signed ? "signed" : "evidence" }))}" alt="map of ${title}"><figcaption><b>${title}</b>${verdictLine(audit, method)}</figcaption></figure>`;
    }),
  );
  return html`<h3>${one.id}${one.label !== undefined && ` · ${one.label}`} · predicted ${one.predicted}</h3><div class="case"><figure><img src="${plain}" alt="image"><figcaption>image</figcaption></figure>${region !== undefined && html`<figure><img src="${region}" alt="known region"><figcaption>known region</figcaption></figure>`}${drawn}</div>`;
}

/** What the audit found, in a sentence per criterion. */
function findings({ methods: audited }: ExplanationAudit): Html {
  const lines = criterionNames.flatMap((name) => {
    const by = (verdict: string) => audited.filter((one) => one.criteria[name].verdict === verdict).map(({ title }) => title);
    const [yes, no] = [by("yes"), by("no")];
    if (yes.length + no.length === 0) return [];
    return [html`<p><b>${criteria[name].title}:</b> ${yes.length > 0 ? html`<span class="right">✓ ${yes.join(", ")}</span>` : "none shown"}${no.length > 0 && html`. <span class="wrong">✗ Not: ${no.join(", ")}</span>`}.</p>`];
  });
  return html`<div class="finding">${lines}</div>`;
}

/** The audit of one model as a page that needs no other file. */
export async function renderExplanationAudit(audit: ExplanationAudit, cases: readonly DrawnCase[], { data, software, command, warnings }: AuditPageFacts): Promise<string> {
  const title = `Audit of the explanations of ${audit.model.name}`;
  const pictures = [];
  for (const one of cases) pictures.push(await drawCase(audit, one));
  const others = audit.with.length === 0 ? html`Compared with no other network: repeatability and reproducibility were not tested.` : html`Compared with ${audit.with.map(({ name, architecture }) => `${name} (${architecture})`).join(", ")}.`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"><title>${title}</title><style>${new Html(style)}</style></head><body>
<header><h1>${title}</h1>
<p class="soft">${audit.model.architecture} · ${audit.cases} cases of ${data}, ${audit.casesWithRegion} with a known region · made with Osteon ${software}. For research. Not a medical device; not for diagnosis or treatment.</p>
${warnings.map((warning) => html`<div class="notice"><p>${warning}</p></div>`)}</header>
<main><section id="verdicts"><h2>Verdicts</h2>${findings(audit)}
${verdictTable(audit)}
<p class="soft">${others}</p>${reasonsList(audit)}${rulesList()}</section>
<section id="maps"><h2>Maps</h2><p class="soft">Every method is drawn, the ones that failed too, with what was found of it. Red speaks for the predicted class; in signed maps blue speaks against it.</p>${pictures}</section>
<section id="readings"><h2>Readings</h2>${readingsTable(audit)}</section>
<section id="reproduce"><h2>How to reproduce this</h2><pre>${command}</pre><p class="soft">Seed ${audit.seed}; ${audit.passes.forward.toLocaleString("en-US")} forward and ${audit.passes.backward.toLocaleString("en-US")} backward passes, ${duration(audit.seconds)}. <code>audit.json</code> holds every number, <code>audit.csv</code> every reading of every map.</p></section></main></body></html>
`.text;
}
