"""Reference intervals for a difference of paired proportions, by another road than ours.

Tango: the score interval with the constrained maximum likelihood found by numerical maximisation (mpmath, 40 digits)
and the limits by bisection. Newcombe: method 10 from its published formula with Wilson limits as roots of the quadratic.
Usage: python3 scripts/reference/stats-paired-difference.py > test/fixtures/stats/paired-difference.json
"""

import json
import sys

import mpmath
from mpmath import mp, mpf

mp.dps = 40


def tango_score(b, c, n, delta):
    """The profile likelihood b log(q + delta) + c log q + (n - b - c) log(1 - 2q - delta), maximised by bisection of its slope."""
    low, high = max(mpf(0), -delta), (1 - delta) / 2

    def slope(q):
        total = mpf(0)
        if b: total += b / (q + delta)
        if c: total += c / q
        if n - b - c: total -= 2 * (n - b - c) / (1 - 2 * q - delta)
        return total

    tiny = (high - low) * mpf(10) ** -35
    lo, hi = low + tiny, high - tiny
    if slope(lo) <= 0: q = low
    elif slope(hi) >= 0: q = high
    else:
        for _ in range(160):
            q = (lo + hi) / 2
            if slope(q) > 0: lo = q
            else: hi = q
    variance = n * (2 * q + delta * (1 - delta))
    return (b - c - n * delta) / mpmath.sqrt(variance)


def tango(b, c, n, z):
    estimate = mpf(b - c) / n

    def solve(target, lo, hi):
        for _ in range(120):
            middle = (lo + hi) / 2
            if tango_score(b, c, n, middle) > target: lo = middle
            else: hi = middle
        return lo

    edge = mpf(10) ** -30
    return solve(z, -1 + edge, estimate), solve(-z, estimate, 1 - edge)


def wilson(x, n, z):
    """Roots of (p - x/n)^2 = z^2 p (1 - p) / n."""
    p = mpf(x) / n
    roots = mpmath.polyroots([1 + z * z / n, -(2 * p + z * z / n), p * p], maxsteps=200, extraprec=200)
    roots = sorted(mpmath.re(r) for r in roots)
    return (mpf(0) if x == 0 else roots[0]), (mpf(1) if x == n else roots[1])


def newcombe(a, b, c, d, z):
    n = a + b + c + d
    (l2, u2), (l3, u3) = wilson(a + b, n, z), wilson(a + c, n, z)
    p2, p3 = mpf(a + b) / n, mpf(a + c) / n
    product = (a + b) * (c + d) * (a + c) * (b + d)
    cross = a * d - b * c
    cross = mpf(max(cross - mpf(n) / 2, 0) if cross > 0 else cross)
    phi = cross / mpmath.sqrt(product) if product else mpf(0)
    delta = mpmath.sqrt((p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u3 - p3) + (u3 - p3) ** 2)
    epsilon = mpmath.sqrt((u2 - p2) ** 2 - 2 * phi * (u2 - p2) * (p3 - l3) + (p3 - l3) ** 2)
    return p2 - p3 - delta, p2 - p3 + epsilon


z = mpmath.sqrt(2) * mpmath.erfinv(mpf("0.95"))
rows = []
for a, b, c, d in ((36, 12, 2, 0), (20, 12, 2, 16), (20, 0, 0, 30), (43, 0, 1, 0), (2, 14, 3, 31), (30, 0, 20, 0), (98, 4, 2, 5), (0, 10, 0, 0), (500, 40, 25, 60)):
    n = a + b + c + d
    rows.append([a, b, c, d, *map(float, newcombe(a, b, c, d, z)), *([None, None] if b == n else map(float, tango(b, c, n, z)))])
json.dump({"reference": f"own computation with mpmath {mpmath.__version__}", "rows": rows}, sys.stdout, indent=0)
