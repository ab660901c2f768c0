"""Writes test/fixtures/search/sobol.json: first points of the unscrambled Sobol' sequence by SciPy and by PyTorch,
and prints the direction numbers of src/search/samplers/direction-numbers.ts from SciPy's copy of
S. Joe and F. Y. Kuo's table new-joe-kuo-6.21201.

Run from the repository's root: python3 scripts/reference/search-sobol.py
"""
import json
import os
from pathlib import Path

import numpy as np
import scipy
import scipy.stats
import torch
from scipy.stats import qmc

DIMENSIONS = 40
table = np.load(os.path.join(os.path.dirname(scipy.stats.__file__), "_sobol_direction_numbers.npz"))
poly, vinit = table["poly"], table["vinit"]
for d in range(1, DIMENSIONS):
    degree = int(poly[d]).bit_length() - 1
    inner = (int(poly[d]) >> 1) & ((1 << (degree - 1)) - 1)
    print(f"  [{inner}, {', '.join(str(int(m)) for m in vinit[d][:degree])}],")

points = qmc.Sobol(d=DIMENSIONS, scramble=False).random(64)
peer = torch.quasirandom.SobolEngine(DIMENSIONS, scramble=False).draw(64, dtype=torch.float64).numpy()
assert np.array_equal(points, peer), "SciPy and PyTorch draw the same points"
late = qmc.Sobol(d=DIMENSIONS, scramble=False).fast_forward(12340).random(8)
folder = Path("test/fixtures/search")
folder.mkdir(parents=True, exist_ok=True)
content = {"scipy": scipy.__version__, "torch": torch.__version__, "bits": 6, "integers": (points * 2**6).astype(int).tolist(),
           "late": {"from": 12340, "bits": 14, "integers": (late * 2**14).astype(int).tolist()}}
(folder / "sobol.json").write_text(json.dumps(content) + "\n")
