# Quality of maps by NumPy, SciPy and scikit-learn, each written out from its definition, with no code in common with src/explain.
#   python3 scripts/reference/explain-quality.py > test/fixtures/explain/quality.json
import json
import numpy as np
import scipy
import scipy.sparse
import scipy.sparse.linalg
import scipy.stats
import sklearn
import sklearn.metrics
from scipy.signal import convolve2d


def formula(shape, k):
    n = int(np.prod(shape))
    return np.round(np.sin(np.arange(n) * 1.7 + k * 0.9 + 0.3 * np.cos(np.arange(n) * 0.37)), 5).astype(np.float32).astype(np.float64).reshape(shape)


def ssim(a, b, side=11, sigma=1.5):
    g = np.exp(-((np.arange(side) - side // 2) ** 2) / (2 * sigma**2))
    window = np.outer(g, g) / np.outer(g, g).sum()
    mean = lambda x: convolve2d(x, window, mode="valid")
    ma, mb = mean(a), mean(b)
    va, vb, vab = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    return float((((2 * ma * mb + c1) * (2 * vab + c2)) / ((ma**2 + mb**2 + c1) * (va + vb + c2))).mean())


def impute(image, missing):
    """The linear system of Rong et al. 2022, section 4.2, by a sparse direct solver; image [C, H, W]."""
    channels, height, width = image.shape
    pixels = np.argwhere(missing.ravel() == 1).ravel()
    index = {int(p): i for i, p in enumerate(pixels)}
    rows, cols, data = [], [], []
    right = np.zeros((len(pixels), channels))
    for i, p in enumerate(pixels):
        y, x = divmod(int(p), width)
        total = 0.0
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if (dy, dx) == (0, 0) or not (0 <= y + dy < height and 0 <= x + dx < width):
                    continue
                weight = 1 / 6 if dy == 0 or dx == 0 else 1 / 12
                total += weight
                q = (y + dy) * width + x + dx
                if q in index:
                    rows.append(i), cols.append(index[q]), data.append(-weight)
                else:
                    right[i] += weight * image.reshape(channels, -1)[:, q]
        rows.append(i), cols.append(i), data.append(total)
    matrix = scipy.sparse.csc_matrix((data, (rows, cols)), shape=(len(pixels), len(pixels)))
    result = image.reshape(channels, -1).copy()
    result[:, pixels] = scipy.sparse.linalg.spsolve(matrix, right).reshape(len(pixels), channels).T
    return result


heat = np.abs(formula((16, 16), 1))
other = np.abs(formula((16, 16), 2))
region = np.zeros((16, 16))
region[3:11, 5:12] = 1
coarse = np.round(heat * 4) / 4  # with ties

image = formula((2, 12, 10), 3)
missing = (formula((12, 10), 4) > -0.5).astype(int)

print(json.dumps({
    "reference": f"NumPy {np.__version__}, SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}",
    "heat": heat.ravel().tolist(), "other": other.ravel().tolist(), "coarse": coarse.ravel().tolist(), "region": region.ravel().tolist(),
    "averagePrecision": float(sklearn.metrics.average_precision_score(region.ravel(), heat.ravel())),
    "averagePrecisionTies": float(sklearn.metrics.average_precision_score(region.ravel(), coarse.ravel())),
    "spearman": float(scipy.stats.spearmanr(heat.ravel(), other.ravel())[0]),
    "spearmanTies": float(scipy.stats.spearmanr(coarse.ravel(), other.ravel())[0]),
    "ssim": ssim(heat, other),
    "ssimSmall": ssim(heat[:8, :8], other[:8, :8], side=7),
    "entropy": float(scipy.stats.entropy(heat.ravel() / heat.sum())),
    "gini": float(np.abs(heat.ravel()[:, None] - heat.ravel()[None, :]).mean() / (2 * heat.mean())),
    "image": image.ravel().tolist(), "missing": missing.ravel().tolist(), "imputed": impute(image, missing).ravel().tolist(),
}))
