# Maps of every method that is worked out from gradients, activations or weights, on a small network, by PyTorch and NumPy:
# each method written out from its paper, layer by layer, with no code in common with src/explain.
#   python3 scripts/reference/explain-methods.py > test/fixtures/explain/methods.json
import json
import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def formula(shape, k, scale):
    n = int(np.prod(shape))
    values = np.sin(np.arange(n) * 1.7 + k * 0.9 + 0.3 * np.cos(np.arange(n) * 0.37)) * scale
    return torch.tensor(np.round(values, 5).reshape(shape))


W = {
    "conv1.weight": formula((4, 2, 3, 3), 1, 0.5),
    "conv1.bias": formula((4,), 2, 0.2),
    "conv2.weight": formula((6, 4, 3, 3), 3, 0.35),
    "conv2.bias": formula((6,), 4, 0.2),
    "fc1.weight": formula((5, 24), 5, 0.4),
    "fc1.bias": formula((5,), 6, 0.2),
    "fc2.weight": formula((3, 5), 7, 0.9),
    "fc2.bias": formula((3,), 8, 0.1),
}
X = formula((1, 2, 8, 8), 9, 1.0)
B = formula((1, 2, 8, 8), 10, 0.4)


def tail(a):
    h = F.relu(F.linear(F.avg_pool2d(a, 2).flatten(1), W["fc1.weight"], W["fc1.bias"]))
    return F.linear(h, W["fc2.weight"], W["fc2.bias"])


def head(x):
    z1 = F.conv2d(x, W["conv1.weight"], W["conv1.bias"], padding=1)
    a1 = F.relu(z1)
    p1 = F.max_pool2d(a1, 2)
    z2 = F.conv2d(p1, W["conv2.weight"], W["conv2.bias"], padding=1)
    return z1, a1, p1, z2, F.relu(z2)


def logits(x):
    return tail(head(x)[-1])


K = int(logits(X).argmax())
maps = {}


def put(name, value):
    maps[name] = [float("%.9g" % v) for v in np.asarray(value.detach() if torch.is_tensor(value) else value).reshape(-1)]


A = head(X)[-1].detach().requires_grad_(True)
G = torch.autograd.grad(tail(A)[0, K], A)[0]
a, g = A.detach()[0].numpy(), G[0].numpy()
relu = lambda v: np.maximum(v, 0)
put("grad-cam", relu((g.mean((1, 2))[:, None, None] * a).sum(0)))
put("hires-cam", relu((g * a).sum(0)))
alpha = np.where(g != 0, g ** 2 / np.where(g != 0, 2 * g ** 2 + a.sum((1, 2))[:, None, None] * g ** 3, 1), 0)
put("grad-cam-plus-plus", relu(((alpha * relu(g)).sum((1, 2))[:, None, None] * a).sum(0)))
sums = a.sum((1, 2))
put("xgrad-cam", relu((np.where(sums > 1e-7, (g * a).sum((1, 2)) / np.maximum(sums, 1e-7), 0)[:, None, None] * a).sum(0)))
put("layer-cam", relu((relu(g) * a).sum(0)))


def component(v):
    rows = v.reshape(v.shape[0], -1).T
    centered = rows - rows.mean(0)
    _, _, vt = np.linalg.svd(centered, full_matrices=False)
    projection = centered @ vt[0]
    return relu(projection * (1 if (projection * rows.sum(1)).sum() >= 0 else -1))


put("eigen-cam", component(a))
put("eigen-grad-cam", component(g * a))


def rest(out):
    return out[0, K] + F.log_softmax(out, 1)[0, K]


A2 = A.detach().requires_grad_(True)
g2 = torch.autograd.grad(rest(tail(A2)), A2, create_graph=True)[0]
hvp = torch.autograd.grad(g2, A2, grad_outputs=A2.detach())[0]
w = (g2 - 0.5 * hvp).detach()[0].numpy().mean((1, 2))
put("shapley-cam", relu((w[:, None, None] * a).sum(0)))

with torch.no_grad():
    scores = []
    for c in range(6):
        mask = F.interpolate(A[:, c : c + 1], size=(8, 8), mode="bilinear", align_corners=False)
        span = mask.max() - mask.min()
        mask = (mask - mask.min()) / span if span > 0 else torch.zeros_like(mask)
        scores.append(float(logits(X * mask)[0, K]))
    put("score-cam", relu((np.array(F.softmax(torch.tensor(scores), 0))[:, None, None] * a).sum(0)))
    y = float(tail(A)[0, K])
    drops = []
    for c in range(6):
        cut = A.detach().clone()
        cut[:, c] = 0
        drops.append((y - float(tail(cut)[0, K])) / abs(y))
    put("ablation-cam", relu((np.array(drops)[:, None, None] * a).sum(0)))

# FullGrad
x = X.clone().requires_grad_(True)
z1, a1, p1, z2, a2 = head(x)
gx, gz1, gz2 = torch.autograd.grad(tail(a2)[0, K], [x, z1, z2])


def stretch(v):
    v = v.abs()
    return (v - v.min()) / (v.max() - v.min())


terms = [x * gx, gz1 * W["conv1.bias"].view(1, -1, 1, 1), gz2 * W["conv2.bias"].view(1, -1, 1, 1)]
put("full-grad", sum(F.interpolate(stretch(t.detach()), size=(8, 8), mode="bilinear", align_corners=False).sum(1)[0] for t in terms))
put("saliency", gx[0].abs().max(0)[0])
put("gradient-x-input", (X * gx)[0].sum(0))


class Rectifier(torch.autograd.Function):
    rule = "guided"

    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return v.clamp(min=0)

    @staticmethod
    def backward(ctx, up):
        (v,) = ctx.saved_tensors
        up = up.clamp(min=0)
        return up * (v > 0) if Rectifier.rule == "guided" else up


def rectified(v):
    r = Rectifier.apply
    h = r(F.conv2d(F.max_pool2d(r(F.conv2d(v, W["conv1.weight"], W["conv1.bias"], padding=1)), 2), W["conv2.weight"], W["conv2.bias"], padding=1))
    h = r(F.linear(F.avg_pool2d(h, 2).flatten(1), W["fc1.weight"], W["fc1.bias"]))
    return F.linear(h, W["fc2.weight"], W["fc2.bias"])[0, K]


for rule, name in [("guided", "guided-backpropagation"), ("deconvnet", "deconvnet")]:
    Rectifier.rule = rule
    v = X.clone().requires_grad_(True)
    gr = torch.autograd.grad(rectified(v), v)[0][0].abs().max(0)[0]
    put(name, gr)
    if rule == "guided":
        cam = F.interpolate(torch.tensor(relu((g.mean((1, 2))[:, None, None] * a).sum(0)))[None, None], size=(8, 8), mode="bilinear", align_corners=False)[0, 0]
        put("guided-grad-cam", gr * cam)

# Integrated gradients, midpoints
steps = 16
total = torch.zeros_like(X)
for k in range(steps):
    v = (B + (k + 0.5) / steps * (X - B)).requires_grad_(True)
    total += torch.autograd.grad(logits(v)[0, K], v)[0] / steps
put("integrated-gradients", ((X - B) * total)[0].sum(0))


# LRP: explicit contributions of every linear layer as a matrix, c[j, i] = w[j, i] a[i]
def matrix(f, shape):
    n = int(np.prod(shape))
    eye = torch.eye(n).reshape(n, *shape)
    return f(eye).reshape(n, -1).T.numpy()


acts = [v.detach() for v in (X, p1, a2)]
hidden = F.avg_pool2d(acts[2], 2).flatten(1)
h1 = F.relu(F.linear(hidden, W["fc1.weight"], W["fc1.bias"]))
M1 = matrix(lambda e: F.conv2d(e, W["conv1.weight"], padding=1), (2, 8, 8))
M1ones = matrix(lambda e: F.conv2d(e, torch.ones_like(W["conv1.weight"]), padding=1), (2, 8, 8))
M2 = matrix(lambda e: F.conv2d(e, W["conv2.weight"], padding=1), (4, 4, 4))
b1 = np.repeat(W["conv1.bias"].numpy(), 64)
b2 = np.repeat(W["conv2.bias"].numpy(), 16)


def share(M, v, b, R, rule, **o):
    c = M * v[None, :]
    z = c.sum(1) + b
    pos, neg = np.maximum(c, 0), np.minimum(c, 0)
    zp, zn = pos.sum(1) + np.maximum(b, 0), neg.sum(1) + np.minimum(b, 0)
    safe = lambda p, q: np.where(np.abs(q) < 1e-9, 0, p / np.where(np.abs(q) < 1e-9, 1, q))
    if rule == "epsilon":
        e = o["share"] * np.sqrt((z ** 2).mean()) + 1e-9
        return (c * (R / (z + np.where(z < 0, -e, e)))[:, None]).sum(0)
    if rule == "gamma":
        t = o["gamma"]
        up = (c + t * pos) * np.where(z < 0, 0, safe(R, z + t * zp))[:, None]
        down = (c + t * neg) * np.where(z < 0, safe(R, z + t * zn), 0)[:, None]
        return (up + down).sum(0)
    if rule == "alpha-beta":
        return (o["alpha"] * pos * safe(R, zp)[:, None]).sum(0) - (o["beta"] * neg * safe(R, zn)[:, None]).sum(0)
    if rule == "flat":
        ones = (M1ones != 0).astype(float)
        return (ones * (R / ones.sum(1))[:, None]).sum(0)


def lrp(first, conv, dense):
    n = lambda t: t.detach().numpy().reshape(-1)
    out = n(logits(X))
    R = np.where(np.arange(3) == K, out, 0)
    R = share(W["fc2.weight"].numpy(), n(h1), W["fc2.bias"].numpy(), R, **dense)
    R = share(W["fc1.weight"].numpy(), n(hidden), W["fc1.bias"].numpy(), R, **dense)
    # Mean over 2 x 2: in proportion to the values
    R4 = R.reshape(6, 2, 2).repeat(2, 1).repeat(2, 2)
    m = hidden.numpy().reshape(6, 2, 2).repeat(2, 1).repeat(2, 2) * 4
    v = acts[2][0].numpy()
    R = np.where(m > 0, R4 * v / np.where(m > 0, m, 1), 0).reshape(-1)
    R = share(M2, n(acts[1]), b2, R, **conv)
    _, where = F.max_pool2d(a1.detach(), 2, return_indices=True)
    back = F.max_unpool2d(torch.tensor(R.reshape(1, 4, 4, 4)), where, 2)
    return share(M1, n(X), b1, n(back), **first).reshape(2, 8, 8).sum(0)


eps = dict(rule="epsilon", share=0.25)
put("lrp-epsilon", lrp(eps, eps, eps))
gam = dict(rule="gamma", gamma=0.25)
put("lrp-gamma", lrp(gam, gam, gam))
ab = dict(rule="alpha-beta", alpha=2, beta=1)
put("lrp-alpha-beta", lrp(ab, ab, ab))
zp = dict(rule="alpha-beta", alpha=1, beta=0)
put("lrp-z-plus", lrp(zp, zp, zp))
put("lrp-composite", lrp(dict(rule="flat"), zp, dict(rule="epsilon", share=1e-6)))


# DeepLIFT rescale: multipliers from the score back to the image
def deeplift():
    n = lambda t: t.detach().numpy()
    f, f0 = [[n(t)[0] for t in head(v)] for v in (X, B)]
    pool = [F.avg_pool2d(torch.tensor(t[4])[None], 2).flatten(1) for t in (f, f0)]
    zz = [n(F.linear(p, W["fc1.weight"], W["fc1.bias"]))[0] for p in pool]
    slope = lambda z, z0: np.where(np.abs(z - z0) < 1e-6, z > 0, (relu(z) - relu(z0)) / np.where(np.abs(z - z0) < 1e-6, 1, z - z0))
    m = W["fc2.weight"].numpy()[K] * slope(zz[0], zz[1])
    m = m @ W["fc1.weight"].numpy()
    m = (m / 4).reshape(6, 2, 2).repeat(2, 1).repeat(2, 2)
    m = m * slope(f[3], f0[3])
    m = (m.reshape(-1) @ M2).reshape(4, 4, 4)
    result = np.zeros((4, 8, 8))
    for c in range(4):
        for i in range(4):
            for j in range(4):
                w1, w0 = (t[1][c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(-1) for t in (f, f0))
                y, y0 = w1.max(), w0.max()
                for p, change in ((w1.argmax(), max(y, y0) - y0), (w0.argmax(), y - max(y, y0))):
                    d = w1[p] - w0[p]
                    if abs(d) > 1e-6:
                        result[c, 2 * i + p // 2, 2 * j + p % 2] += m[c, i, j] * change / d
    m = result * slope(f[0], f0[0])
    m = (m.reshape(-1) @ M1).reshape(2, 8, 8)
    return ((n(X) - n(B))[0] * m).sum(0)


put("deep-lift", deeplift())

tensors = {name: {"shape": list(t.shape), "data": [float("%.9g" % v) for v in t.reshape(-1)]} for name, t in {**W, "input": X, "baseline": B}.items()}
print(json.dumps({"made": "scripts/reference/explain-methods.py, PyTorch %s, NumPy %s" % (torch.__version__, np.__version__), "tensors": tensors, "logits": logits(X).tolist()[0], "baselineLogits": logits(B).tolist()[0], "maps": maps}, separators=(",", ":")))
