import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { stringify } from "yaml";
import { inScratchFolder, makeShapeTable, tinyRecipe } from "../study/tiny-study.testkit.js";
import { noMounts, onDisk } from "./small-disk.testkit.js";

const recipe = { ...tinyRecipe, networks: ["mobilenet_v2-tiny"], regimes: { scratch: { epochs: 1 } }, validation: { folds: 2 } };

for (const size of ["48k", "250k"]) {
  test(`a disk of ${size} that fills up is one error that names the file; with more space the run goes on`, { skip: noMounts }, () =>
    inScratchFolder(async (folder) => {
      await makeShapeTable(folder, { perClass: 6 });
      await writeFile(path.join(folder, "shapes.yaml"), stringify(recipe));
      const { code, stdout, stderr } = onDisk(folder, `size=${size}`, `run; first=$?; find disk -name '*.tmp'; [ $first = 3 ] || exit 98; mount -o remount,size=40m disk && run`);
      assert.equal(code, 0, stderr);
      assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
      assert.match(stderr, /^error: .*disk\/run.*: expected .*(space|room) on the disk, got .*\. Free some space/m);
      assert.doesNotMatch(stderr, /^\s+at |a bug/m);
      assert.doesNotMatch(stdout, /\.tmp/);
      assert.match(stdout, /report +\//);
    }));
}
