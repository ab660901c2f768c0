import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { runStudy } from "../run-study.js";
import type { StudyResults } from "../results.js";
import { inScratchFolder, makeShapeTable, studyOptions } from "../tiny-study.testkit.js";

const recipe = {
  study: "audited", networks: ["mobilenet_v2-tiny", "vgg16-tiny"], regimes: { scratch: { epochs: 1 } }, image: { size: 32 }, validation: { folds: 2 },
  explanation: { examples: 0 }, audit: { methods: ["grad-cam" as const], cases: 10 },
};

test("a study with audit: every network by the networks of its folds, siblings and the other architecture beside it, and a section in the report", () =>
  inScratchFolder(async (folder) => {
    const data = await makeShapeTable(folder, { perClass: 8 });
    const out = path.join(folder, "run");
    const { results } = await runStudy(studyOptions({ recipe, data, out }));
    const audits = results.explanationAudit!.audits!;
    assert.deepEqual(audits.map(({ cell }) => cell), ["mobilenet_v2-tiny/scratch", "vgg16-tiny/scratch"]);
    for (const audit of audits) {
      assert.ok(!("notAudited" in audit));
      assert.deepEqual([audit.cases, audit.casesWithRegion, audit.with.length], [10, 10, 2]);
      for (const criterion of ["repeatability", "reproducibility", "localization"] as const) assert.notEqual(audit.methods[0]!.criteria[criterion].verdict, "not tested");
    }
    assert.equal((await readFile(path.join(out, "explanation-audit.csv"), "utf8")).trimEnd().split("\n").length, 1 + 2 * 10);
    assert.match(await readFile(path.join(out, "report.html"), "utf8"), /Can the maps be trusted\?/);
    // Nothing is trained again, and nothing of the audit depends on when it is made.
    const again = await runStudy(studyOptions({ recipe, data, out }));
    assert.deepEqual(again.results.explanationAudit, results.explanationAudit);
    assert.deepEqual((JSON.parse(await readFile(path.join(out, "results.json"), "utf8")) as StudyResults).explanationAudit!.elsewhere, JSON.parse(JSON.stringify(results.explanationAudit!.elsewhere)));
  }));
