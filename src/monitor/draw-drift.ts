import type { DriftReport } from "./follow-drift.js";

const size = { width: 760, height: 300, left: 64, right: 150, top: 24, bottom: 44 };

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** "1", "100", "10^6". */
function power(exponent: number): string {
  return exponent >= -2 && exponent <= 4 ? String(Number((10 ** exponent).toPrecision(3))) : `10<tspan dy="-5" font-size="9">${exponent}</tspan>`;
}

/** The evidence after each image on a logarithmic scale, with the limit and, if there was one, the alarm. */
export function drawEvidence({ evidence, limit, alarm, falseAlarmRate }: Pick<DriftReport, "evidence" | "limit" | "alarm" | "falseAlarmRate">): string {
  const { width, height, left, right, top, bottom } = size;
  const logs = evidence.map((value) => Math.log10(Math.max(1e-4, Math.min(1e12, value))));
  const high = Math.ceil(Math.max(Math.log10(limit) + 0.5, ...logs));
  const low = Math.floor(Math.min(-1, ...logs));
  const n = evidence.length;
  const x = (i: number): number => left + ((width - left - right) * i) / Math.max(1, n);
  const y = (log: number): number => top + ((height - top - bottom) * (high - log)) / (high - low);
  const step = Math.max(1, Math.ceil((high - low) / 6));
  const ticks = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step);
  // A point for every pixel is enough.
  const stride = Math.max(1, Math.floor(n / (width - left - right)));
  const points = [[0, 0], ...logs.map((log, i) => [i + 1, log])].filter(([i]) => i! % stride === 0 || i === n || i === alarm?.at).map(([i, log]) => `${x(i!).toFixed(1)},${y(log!).toFixed(1)}`);
  const grid = ticks.map((tick) => `<line x1="${left}" x2="${width - right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#e3e3e3"/><text x="${left - 8}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${power(tick)}</text>`);
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * n)).filter((mark, i, all) => all.indexOf(mark) === i);
  const below = marks.map((mark) => `<text x="${x(mark).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${mark}</text>`);
  const limitY = y(Math.log10(limit)).toFixed(1);
  const change =
    alarm === undefined
      ? ""
      : `<rect x="${x(alarm.since - 1).toFixed(1)}" y="${top}" width="${(x(alarm.at) - x(alarm.since - 1)).toFixed(1)}" height="${height - top - bottom}" fill="#c0392b" opacity="0.08"/>` +
        `<circle cx="${x(alarm.at).toFixed(1)}" cy="${y(logs[alarm.at - 1]!).toFixed(1)}" r="4" fill="#c0392b"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#333" role="img">` +
    `<title>Evidence of a change after each image</title><rect width="${width}" height="${height}" fill="#fff"/>${change}${grid.join("")}` +
    `<line x1="${left}" x2="${width - right}" y1="${limitY}" y2="${limitY}" stroke="#c0392b" stroke-dasharray="5 4"/><text x="${width - right + 6}" y="${Number(limitY) + 4}" fill="#c0392b">alarm at ${Number(limit.toPrecision(3))}</text>` +
    `<text x="${width - right + 6}" y="${Number(limitY) + 20}" fill="#777" font-size="11">(false: at most ${Number((100 * falseAlarmRate).toPrecision(3))} %)</text>` +
    `<polyline points="${points.join(" ")}" fill="none" stroke="#1f4e79" stroke-width="1.8" stroke-linejoin="round"/>${below.join("")}` +
    `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">images</text><text transform="translate(14 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">evidence of a change</text></svg>`
  );
}

const figure = (value: number | undefined): string => (value === undefined ? "" : String(Number(value.toPrecision(3))));

/** What was found, in one sentence. */
export function sayDrift({ images, alarm, falseAlarmRate, evidence }: Pick<DriftReport, "images" | "alarm" | "falseAlarmRate" | "evidence">): string {
  const rate = `${Number((100 * falseAlarmRate).toPrecision(3))} %`;
  if (alarm === undefined) return `No alarm over ${images} images: the highest evidence of a change was ${figure(Math.max(1, ...evidence))}. A false alarm, ever, has a probability of at most ${rate}.`;
  return `Alarm at image ${alarm.at} (${alarm.time.slice(0, 10)}): since about image ${alarm.since} (${alarm.sinceTime.slice(0, 10)}) the images or answers are other than before, in ${alarm.variables.join(", ")}. Were nothing changed, an alarm, ever, would have a probability of at most ${rate}.`;
}

/** A page with the picture, the figures and what they mean; one file, nothing from elsewhere. */
export function driftPage(report: DriftReport): string {
  const rows = report.variables.map(({ title, side, reference, referenceMedian, recentMedian, evidence, alarmed }) => `<tr${alarmed ? ' class="alarm"' : ""}><td>${escape(title)}</td><td>${side}</td><td>${figure(referenceMedian)}</td><td>${figure(recentMedian)}</td><td>${reference}</td><td>${figure(evidence)}</td></tr>`);
  const classes = Object.entries(report.labels).map(([label, count]) => `<tr><td>${escape(label)}</td><td>${count}</td><td>${((100 * count) / Math.max(1, report.images - report.declined)).toFixed(1)} %</td></tr>`);
  const style = "body{font:15px/1.5 system-ui,sans-serif;max-width:800px;margin:32px auto;padding:0 20px;color:#222}h1{font-size:24px}h2{font-size:17px;margin-top:28px}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #e3e3e3}td:nth-child(n+3),th:nth-child(n+3){text-align:right}.alarm td{color:#c0392b;font-weight:600}.say{padding:12px 16px;background:#f4f6f8;border-left:4px solid #1f4e79}.say.on{border-color:#c0392b}small{color:#666}svg{max-width:100%;height:auto}";
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><title>Model in use</title><style>${style}</style></head><body>` +
    `<h1>Model in use</h1><p class="say${report.alarm ? " on" : ""}">${escape(sayDrift(report))}</p>` +
    `<p>${report.images} images from ${escape(report.from.slice(0, 10))} to ${escape(report.to.slice(0, 10))}, ${report.declined} of them declined as out of scope. Model ${report.model.slice(0, 12)}.</p>${drawEvidence(report)}` +
    `<h2>What is followed</h2><table><thead><tr><th>figure</th><th>side</th><th>median when made</th><th>latest 50</th><th>reference cases</th><th>highest evidence</th></tr></thead><tbody>${rows.join("")}</tbody></table>` +
    (classes.length === 0 ? "" : `<h2>Answers</h2><table><thead><tr><th>class</th><th>images</th><th>share</th></tr></thead><tbody>${classes.join("")}</tbody></table>`) +
    `<h2>How to read it</h2><p><small>For every figure a bet is kept up that its values rank differently from those of the model's making and of the images before. While nothing changes, no bet wins on average, and the probability that the mean of all ever reaches ${figure(report.limit)} is at most ${Number((100 * report.falseAlarmRate).toPrecision(3))} % (Ville's inequality), however long one looks. Only the first image of an exam counts. An alarm says that something changed, and not that the answers are wrong: look at the images from there on. Research only.</small></p>` +
    report.remarks.map((remark) => `<p><small>${escape(remark)}</small></p>`).join("") +
    "</body></html>\n"
  );
}
