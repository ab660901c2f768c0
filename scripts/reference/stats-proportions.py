"""Reference intervals for proportions: statsmodels.

Usage: python3 scripts/reference/stats-proportions.py > test/fixtures/stats/proportions.json
"""

import json
import sys

import statsmodels
from statsmodels.stats.proportion import proportion_confint

names = {"wilson": "wilson", "clopper-pearson": "beta", "jeffreys": "jeffreys", "agresti-coull": "agresti_coull"}
rows = []
for x, n, level in ((0, 1, 0.95), (0, 20, 0.95), (1, 29, 0.95), (15, 148, 0.95), (81, 263, 0.95), (29, 29, 0.95), (102, 109, 0.95),
                    (102, 109, 0.99), (5, 10, 0.9), (997, 1000, 0.95), (4321, 10000, 0.95)):
    for name, theirs in names.items():
        lower, upper = proportion_confint(x, n, 1 - level, theirs)
        if name == "jeffreys" and x in (0, n):
            continue  # statsmodels keeps the raw quantiles at the ends
        rows.append([name, x, n, level, float(lower), float(upper)])
json.dump({"reference": f"statsmodels {statsmodels.__version__}", "rows": rows}, sys.stdout, indent=0)
