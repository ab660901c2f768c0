import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { parse } from "csv-parse/sync";
import { csvCell, csvText } from "./csv.js";

test("what a spreadsheet would run is set apart, numbers are not", () => {
  assert.deepEqual(["=1+1", "+a", "-b", "@c", "-1.5", "+3e-4", "plain"].map(csvCell), ["'=1+1", "'+a", "'-b", "'@c", "-1.5", "+3e-4", "plain"]);
  assert.deepEqual([undefined, true, -2, ""].map(csvCell), ["", "true", "-2", ""]);
});

test("any table comes back from another program's reader of CSV", () => {
  const cell = fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }), (rows) => {
      const kept = rows.filter((row) => row.some((text) => text !== ""));
      assert.deepEqual(parse(csvText(kept), { relax_column_count: true, record_delimiter: "\n" }), kept);
    }),
  );
});
