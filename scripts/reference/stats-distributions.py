"""Reference values for the distributions of src/stats: mpmath at 50 digits, and the quantiles of scipy.

Usage: python3 scripts/reference/stats-distributions.py > test/fixtures/stats/distributions.json
"""

import json

import mpmath
import scipy
from mpmath import mp, mpf
from scipy import special, stats

mp.dps = 50


def beta(x, a, b):
    """DLMF 8.17.8, a series of positive terms."""
    x, a, b = mpf(x), mpf(a), mpf(b)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(1 - x, b, a)
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** -45:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return x**a * (1 - x) ** b * total / (a * mpmath.beta(a, b))


def beta_upper(x, a, b):
    return beta(1 - mpf(x), b, a)


def student_two_sided(t, df):
    t, df = mpf(t), mpf(df)
    return beta(df / (df + t * t), df / 2, mpf(1) / 2)


def student_quantile(p, df):
    """Root of the above: scipy 1.10's own quantile is off by 2e-11 at one degree of freedom."""
    tail = 2 * min(mpf(p), 1 - mpf(p))
    start = abs(stats.t.ppf(p, df))
    root = mpmath.findroot(lambda t: student_two_sided(t, df) - tail, (start * 0.999, start * 1.001), solver="anderson")
    return root if p > 0.5 else -root


rows = {
    "logGamma": [[x, float(mpmath.loggamma(mpf(x)))] for x in
                 (1e-3, 0.1, 0.5, 1.5, 3, 5.5, 11.9, 12.1, 45.7, 170.5, 1e4, 1e6)],
    "gammaLower": [[a, x, float(mpmath.gammainc(a, 0, mpf(x), regularized=True))] for a, x in
                   ((0.5, 0.01), (0.5, 2), (1, 1), (2.5, 1.3), (10, 5), (10, 12), (100, 80), (1000, 1000), (0.5, 8))],
    "gammaUpper": [[a, x, float(mpmath.gammainc(a, mpf(x), mp.inf, regularized=True))] for a, x in
                   ((0.5, 5), (0.5, 30), (1, 20), (2.5, 9), (10, 40), (100, 150), (1000, 1100))],
    "betaLower": [[x, a, b, float(beta(x, a, b))] for x, a, b in
                  ((0.1, 0.5, 0.5), (0.5, 2, 3), (0.9, 5, 1), (0.01, 1, 200), (0.3, 30, 70), (0.25, 30, 70),
                   (0.5, 500, 520), (0.001, 0.5, 3), (0.93, 101.5, 8.5), (0.999, 1000, 1), (0.4, 4000, 6000), (0.1, 120, 400))],
    "betaUpper": [[x, a, b, float(beta_upper(x, a, b))] for x, a, b in
                  ((0.9, 0.5, 0.5), (0.5, 2, 12), (0.99, 5, 5), (0.5, 300, 420), (0.41, 4000, 6000))],
    "betaQuantile": [[p, a, b, float(special.betaincinv(a, b, p))] for p, a, b in
                     ((0.025, 1, 10), (0.975, 1, 10), (0.025, 0.5, 20.5), (0.975, 101.5, 8.5), (0.005, 3, 3), (0.5, 7, 2),
                      (1e-6, 4, 9), (0.999, 50, 50), (0.025, 400, 600), (0.975, 4000, 6000))],
    "normalCdf": [[z, float(mpmath.ncdf(mpf(z)))] for z in (-37, -10, -5, -1.96, -1, -0.1, 0, 0.3, 1.2, 1.7, 1.8, 2.5, 6)],
    "normalQuantile": [[p, float(mpmath.sqrt(2) * mpmath.erfinv(2 * mpf(p) - 1))] for p in
                       (1e-20, 1e-10, 1e-4, 0.025, 0.05, 0.2, 0.4, 0.5, 0.6, 0.8413, 0.975, 0.9999)],
    "studentTwoSidedP": [[t, df, float(student_two_sided(t, df))] for t, df in
                         ((0.1, 1), (1, 1), (2.776445, 4), (1, 3.7), (5, 9), (12, 30), (2, 222.235395951271), (40, 3), (0.5, 1e5))],
    "studentQuantile": [[p, df, float(student_quantile(p, df))] for p, df in
                        ((0.975, 1), (0.975, 2), (0.975, 4), (0.975, 9), (0.995, 14.5), (0.9, 100), (0.975, 1e4), (0.025, 4), (0.6, 3), (0.501, 5))],
    "chiSquareCdf": [[x, df, float(mpmath.gammainc(mpf(df) / 2, 0, mpf(x) / 2, regularized=True))] for x, df in
                     ((0.1, 1), (3.841458820694124, 1), (5, 3), (20, 10), (90, 100))],
    "chiSquareQuantile": [[p, df, float(stats.chi2.ppf(p, df))] for p, df in ((0.95, 1), (0.95, 2), (0.01, 5), (0.5, 10), (0.999, 30), (0.05, 100))],
    "binomialMass": [[x, n, p, float(mpmath.binomial(n, x) * mpf(p) ** x * (1 - mpf(p)) ** (n - x))] for x, n, p in
                     ((0, 5, 0.3), (5, 5, 0.3), (3, 10, 0.5), (50, 100, 0.5), (7, 1000, 0.01), (2100, 10000, 0.2))],
    "binomialCdf": [[x, n, p, float(sum(mpmath.binomial(n, k) * mpf(p) ** k * (1 - mpf(p)) ** (n - k) for k in range(x + 1)))] for x, n, p in
                    ((0, 10, 0.5), (1, 8, 0.5), (5, 25, 0.5), (12, 25, 0.5), (40, 120, 0.5), (3, 40, 0.1), (200, 500, 0.5))],
}
json.dump({"reference": f"mpmath {mpmath.__version__} (50 digits), scipy {scipy.__version__}", "rows": rows}, __import__("sys").stdout, indent=0)
