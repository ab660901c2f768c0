import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import type { ReportTable } from "../contract.js";
import { printPng } from "../write-report.js";
import { csvTable } from "./csv-table.js";
import { escapeLatex, latexTable } from "./latex-table.js";

const figure = { estimate: 0.51234567, lower: -0.25, upper: 0.75, level: 0.95, method: "Wilson", n: 30 };
const table: ReportTable = {
  name: "sample",
  title: "50 % of {this} & that",
  head: ["Cell", "Figure", "p"],
  rows: [
    ["=cmd|' /C calc'!A1", figure, { p: 0.0000123456 }],
    ["", { notEstimable: "no case" }, undefined],
  ],
  note: "a_b ~ c\\d",
};

test("a table as CSV keeps all digits, splits intervals, repeats group names and runs nothing in a spreadsheet", () => {
  const rows: string[][] = parse(csvTable(table));
  assert.deepEqual(rows, [
    ["Cell", "Figure", "Figure, lower", "Figure, upper", "p"],
    ["'=cmd|' /C calc'!A1", "0.51234567", "-0.25", "0.75", "0.0000123456"],
    ["'=cmd|' /C calc'!A1", "not estimable", "", "", ""],
  ]);
});

test("a table as LaTeX escapes what LaTeX would read", () => {
  const text = latexTable(table);
  assert.ok(text.includes("\\caption{50 \\% of \\{this\\} \\& that.}"));
  assert.ok(text.includes("0.512 ($-$0.250 to 0.750) & $<0.001$ \\\\"));
  assert.ok(text.includes("not estimable & -- \\\\"));
  assert.ok(text.includes("a\\_b \\textasciitilde{} c\\textbackslash{}d"));
  const body = text.split("\n").filter((line) => line.endsWith("\\\\"));
  assert.equal(body.length, 3);
  for (const line of body) assert.equal(line.replaceAll("\\&", "").split("&").length, 3, line);
  assert.equal(escapeLatex("<5 ≤ 6 ± 1"), "\\textless{}5 $\\leq$ 6 $\\pm$ 1");
});

test("a figure is printed at 300 dots per inch, with the density in the file", async () => {
  const png = await printPng('<svg xmlns="http://www.w3.org/2000/svg" width="192" height="96" viewBox="0 0 192 96"><rect width="192" height="96" fill="red"/></svg>');
  const { width, height, density } = await sharp(png).metadata();
  assert.deepEqual([width, height, density], [600, 300, 300]);
  // pHYs in pixels per meter: 300 / 0.0254 = 11811.
  assert.equal(png.readUInt32BE(png.indexOf("pHYs") + 4), 11811);
});
