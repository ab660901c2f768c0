/** Style of the report: one column that reads on a phone, on a screen and on paper. */
export const style = `
:root { --ink: #1f2933; --soft: #52606d; --line: #cbd2d9; --back: #f5f7fa; --paper: white; --finding: #f0f7fc; --notice: #fff7f0; --accent: #0072B2; --good: #00734f; --bad: #b34700; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #a3b1c2; --line: #3e4c59; --back: #232d38; --paper: #161c24; --finding: #15293a; --notice: #33241a; --accent: #6cb8e6; --good: #4fc79a; --bad: #ff9a5c; } svg { border-radius: 4px; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem; max-width: 68rem; color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; background: var(--paper); }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.2rem 0; }
h2 { font-size: 1.2rem; margin: 1.8rem 0 0.5rem; padding-bottom: 0.2rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; }
p { margin: 0.4rem 0; max-width: 46rem; }
.question { font-size: 1.05rem; color: var(--soft); }
.notice { border-left: 4px solid var(--bad); background: var(--notice); padding: 0.5rem 0.8rem; margin: 0.8rem 0; max-width: 46rem; }
.finding { border-left: 4px solid var(--accent); background: var(--finding); padding: 0.5rem 0.8rem; margin: 0.5rem 0; max-width: 46rem; }
.findings { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0.5rem; font-size: 0.92rem; } .findings .finding { margin: 0; }
.soft, small { color: var(--soft); }
nav { font-size: 0.9rem; margin: 0.8rem 0; display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; }
a { color: var(--accent); }
.scroll { overflow-x: auto; margin: 0.5rem 0; }
table { border-collapse: collapse; font-size: 0.82rem; font-variant-numeric: tabular-nums; }
.caption { margin-top: 0; color: var(--soft); font-size: 0.82rem; padding-top: 0.3rem; }
th { text-align: left; background: var(--back); font-weight: 600; vertical-align: bottom; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.45rem; vertical-align: top; }
td small { display: block; white-space: nowrap; font-size: 0.7rem; }
td.none { color: var(--soft); font-style: italic; font-size: 0.8rem; }
.short, td.number { white-space: nowrap; } th.long { min-width: 5rem; } td.long { min-width: 11rem; }
.number { text-align: right; }
.name { white-space: nowrap; font-weight: 600; } .name wbr { white-space: normal; }
.panels { display: flex; flex-wrap: wrap; gap: 1rem; }
.panel { break-inside: avoid; min-width: 0; max-width: 100%; }
.panel h3 { margin-top: 0; overflow-wrap: anywhere; }
.matrix td { text-align: center; min-width: 5rem; border: 1px solid var(--paper); padding: 0.5rem; }
.matrix th { background: var(--paper); border: 0; font-weight: 400; vertical-align: middle; } .matrix thead th { max-width: 6.5rem; white-space: normal; overflow-wrap: anywhere; text-align: center; vertical-align: bottom; }
details { margin: 0.6rem 0; } summary { cursor: pointer; color: var(--accent); }
li { max-width: 46rem; margin: 0.25rem 0; }
.case { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0 0 1rem; break-inside: avoid; }
.case figure { margin: 0; width: 9.5rem; }
.case figure.pair { width: 15.5rem; } .case figure.pair img { width: 49%; display: inline-block; margin-right: 1%; vertical-align: top; }
.case img { width: 100%; display: block; background: black; border-radius: 3px; }
.case figcaption { font-size: 0.76rem; line-height: 1.3; margin-top: 0.2rem; overflow-wrap: anywhere; }
.right { color: var(--good); } .wrong { color: var(--bad); font-weight: 600; }
pre { background: var(--back); padding: 0.7rem; overflow-x: auto; font-size: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; font-size: 0.88rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 34rem) { nav { flex-wrap: nowrap; overflow-x: auto; white-space: nowrap; padding-bottom: 0.4rem; } body { padding: 0.8rem; font-size: 15px; } .case figure { width: 46%; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.4rem; } }
@media print { :root { --ink: #1f2933; --soft: #52606d; --line: #cbd2d9; --back: #f5f7fa; --paper: white; --finding: #f0f7fc; --notice: #fff7f0; } @page { margin: 14mm; } body { max-width: none; padding: 0; font-size: 10.5pt; } nav { display: none; } h2, h3 { break-after: avoid; } .scroll { overflow: visible; } table { font-size: 8.2pt; } th, td { padding: 0.15rem 0.3rem; } td small, th.short, td.short { white-space: normal; } th.long, td.long { min-width: 0; } svg { min-width: 0 !important; } tr, svg, .panel, .finding, .notice { break-inside: avoid; } a { color: inherit; text-decoration: none; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
