import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { gzipSync } from "node:zlib";
import { encodeNifti } from "./nifti.js";
import { encodeNpy } from "./npy.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-map-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const python = "/usr/bin/python3";
const absent = spawnSync(python, ["-c", "import numpy, nibabel"]).status === 0 ? false : "numpy and nibabel are absent";

const script = `
import json, sys, numpy, nibabel
a = numpy.load(sys.argv[1]); n = nibabel.load(sys.argv[2])
print(json.dumps({"dtype": str(a.dtype), "shape": a.shape, "values": a.tolist(), "fortran": bool(a.flags.f_contiguous and not a.flags.c_contiguous),
  "niftiShape": n.shape, "zooms": [float(z) for z in n.header.get_zooms()], "units": n.header.get_xyzt_units()[0], "affine": n.affine.tolist(),
  "qform": n.get_qform().tolist(), "slice": n.get_fdata()[:, :, 0].T.tolist()}))`;

test("numpy and nibabel read the files as they were meant", { skip: absent }, () => {
  const map = { values: Float32Array.of(0, 0.25, -1, 3, 0.5, 7), height: 2, width: 3 };
  const [npy, nifti] = [path.join(folder, "map.npy"), path.join(folder, "map.nii.gz")];
  writeFileSync(npy, encodeNpy(map));
  writeFileSync(nifti, gzipSync(encodeNifti(map, { spacingMm: [0.5, 0.25] })));
  const { stdout, stderr, status } = spawnSync(python, ["-c", script, npy, nifti], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const read = JSON.parse(stdout) as Record<string, unknown>;
  const rows = [[0, 0.25, -1], [3, 0.5, 7]];
  const affine = [[-0.25, 0, 0, 0], [0, -0.5, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
  assert.deepEqual(read, { dtype: "float32", shape: [2, 3], values: rows, fortran: false, niftiShape: [3, 2, 1], zooms: [0.25, 0.5, 1], units: "mm", affine, qform: affine, slice: rows });
});
