"""Writes test/fixtures/autodiff/*.json: values and gradients of small expressions by PyTorch in float64.

Run from the repository's root: python3 scripts/reference/autodiff.py
Case names are those of src/autodiff/cases/*.ts.
"""
import json
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(2)
TARGET = Path("test/fixtures/autodiff")
FAMILIES = {}


def case(name, function, **inputs):
    """Each input is a shape (normal numbers, four decimals) or an array of values."""
    family = name.split("/")[0]
    random = np.random.default_rng(zlib.crc32(name.encode()))
    tensors = {}
    for key, given in inputs.items():
        values = np.round(random.standard_normal(given), 4) if isinstance(given, tuple) else np.asarray(given, float)
        tensors[key] = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    output = function(*tensors.values())
    cotangent = torch.tensor(np.round(random.standard_normal(tuple(output.shape)), 4), dtype=torch.float64)
    gradients = torch.autograd.grad((output * cotangent).sum(), list(tensors.values()), allow_unused=True)
    record = lambda t: {"shape": list(t.shape), "data": [float(f"{v:.12g}") for v in t.detach().flatten().tolist()]}
    FAMILIES.setdefault(family, {})[name] = {
        "inputs": {key: record(t) for key, t in tensors.items()},
        "cotangent": record(cotangent),
        "output": record(output),
        "gradients": {k: record(torch.zeros_like(t) if g is None else g) for (k, t), g in zip(tensors.items(), gradients)},
    }


def positive(*shape):
    size = int(np.prod(shape))
    return np.round(0.3 + 1.7 * np.abs(np.sin(1 + 2.3 * np.arange(size))), 4).reshape(shape)


def steps(*shape, levels=3):
    """Few distinct values, so that ties abound."""
    size = int(np.prod(shape))
    return ((np.arange(size) * 7 + np.arange(size) ** 2) % levels - 1.0).reshape(shape)


# ---- elementwise
E = "elementwise/"
case(E + "add", lambda a, b: a + b, a=(2, 3), b=(2, 3))
case(E + "add a scalar", lambda a, b: a + b, a=(2, 3), b=())
case(E + "add with missing axes", lambda a, b: a + b, a=(2, 3, 4), b=(4,))
case(E + "add broadcasting both sides", lambda a, b: a + b, a=(2, 1, 4), b=(3, 1))
case(E + "add a bias per channel", lambda a, b: a + b, a=(2, 3, 4, 2), b=(3, 1, 1))
case(E + "sub broadcasting both sides", lambda a, b: a - b, a=(2, 1, 4), b=(3, 1))
case(E + "mul broadcasting both sides", lambda a, b: a * b, a=(2, 1, 4), b=(3, 1))
case(E + "mul a scalar", lambda a, b: a * b, a=(2, 3), b=())
case(E + "mul of one input by itself", lambda a: a * a, a=(2, 3))
case(E + "div broadcasting both sides", lambda a, b: a / b, a=(2, 1, 4), b=positive(3, 1))
case(E + "sum of three", lambda a, b, c: a + b + c, a=(2, 3), b=(3,), c=(2, 1))
case(E + "max with ties", torch.maximum, a=steps(3, 4), b=steps(3, 4)[::-1].copy())
case(E + "min with ties and broadcasting", torch.minimum, a=steps(3, 4), b=[-1, 0, 1, 0])
case(E + "square", lambda a: a**2, a=(2, 3))
case(E + "cube", lambda a: a**3, a=(2, 3))
case(E + "square root as a power", lambda a: a**0.5, a=positive(2, 3))
case(E + "power of two inputs", torch.pow, a=positive(2, 3), b=(3,))
case(E + "power with base zero", torch.pow, a=[0.0, 0.5, 2.0], b=[2.0, 3.0, 1.5])
case(E + "remainder", torch.fmod, a=[5.3, -4.1, 7.7], b=[2.0, 1.5, -2.5])
for name, f, values in [
    ("neg", torch.neg, (2, 3)), ("abs at zero", torch.abs, [-2, -0.5, 0, 1.5]), ("exp", torch.exp, (2, 3)),
    ("log", torch.log, positive(2, 3)), ("sqrt", torch.sqrt, positive(2, 3)), ("reciprocal", torch.reciprocal, positive(2, 3)),
    ("erf", torch.erf, (2, 4)), ("tanh", torch.tanh, (2, 3)), ("sigmoid", torch.sigmoid, (2, 3)), ("sin", torch.sin, (2, 3)),
    ("cos", torch.cos, (2, 3)), ("softplus", F.softplus, (2, 3)),
    ("relu at zero", F.relu, [-1, -0.0, 0, 0.5, 2]),
    ("leaky relu at zero", lambda x: F.leaky_relu(x, 0.1), [-1, 0, 0.5, 2]),
    ("elu", lambda x: F.elu(x, 0.7), [-1.5, -0.2, 0.5, 2]),
    ("clip at its bounds", F.relu6, [-1, 0, 1e-3, 3, 5.999, 6, 7]),
    ("clip above alone", lambda x: torch.where(x < 2, x, torch.full_like(x, 2)), [-1, 0.5, 2.5, 7]),
    ("hard sigmoid at its bounds", F.hardsigmoid, [-4, -3, -1, 0, 2, 3, 5]),
    ("hard swish", F.hardswish, [-4, -2, -1, 0, 2, 5]),
    ("gelu", F.gelu, (2, 4)), ("quick gelu", lambda x: x * torch.sigmoid(1.702 * x), (2, 4)),
    ("floor", torch.floor, (2, 3)), ("round", torch.round, (2, 3)), ("sign", torch.sign, (2, 3)), ("ceil", torch.ceil, (2, 3)),
    ("identity and dropout at rest", lambda x: F.dropout(x, 0.3, training=False), (2, 3)),
]:
    case(E + name, f, x=values)
case(E + "where broadcasting", lambda a, b: torch.where(torch.tensor([True, False, True, False]), a, b), a=(2, 1, 4), b=(3, 1))
case(E + "dropout with a given mask", lambda x: x * torch.tensor([1, 0, 1, 1, 0, 1.0]).view(2, 3) / 0.7, x=(2, 3))
case(E + "a sum of shared parts", lambda x: (x * x.sigmoid() + x) * x.exp(), x=(2, 3))

# ---- reduce
R = "reduce/"
case(R + "sum over all", lambda x: x.sum(), x=(2, 3, 4))
case(R + "sum over an axis kept", lambda x: x.sum(1, keepdim=True), x=(2, 3, 4))
case(R + "sum over a negative and the first axis", lambda x: x.sum((0, -1)), x=(2, 3, 4))
case(R + "sum over no axis", lambda x: x.clone(), x=(2, 3))
case(R + "mean over all", lambda x: x.mean(), x=(2, 3, 4))
case(R + "mean over the batch", lambda x: x.mean(0), x=(2, 3, 4))
case(R + "mean over two axes kept", lambda x: x.mean((1, 2), keepdim=True), x=(2, 3, 4))
case(R + "max with ties", lambda x: x.amax(1), x=steps(3, 4))
case(R + "max over all with ties", lambda x: x.amax((0, 1, 2), keepdim=True), x=steps(2, 3, 2))
case(R + "min with ties", lambda x: x.amin((0, 2)), x=steps(3, 4, 2))
case(R + "max without ties", lambda x: x.amax(1), x=(3, 4))
case(R + "global average pool", lambda x: x.mean((2, 3), keepdim=True), x=(2, 3, 4, 5))
case(R + "global max pool with ties", lambda x: F.adaptive_max_pool2d(x, 1), x=steps(2, 2, 3, 3))
case(R + "channel sum", lambda x: x.sum((0, 2, 3)), x=(2, 3, 2, 2))
case(R + "channel sum of a matrix", lambda x: x.sum(0), x=(4, 3))

# ---- shape
S = "shape/"
case(S + "reshape", lambda x: x.reshape(2, 12), x=(2, 3, 4))
case(S + "flatten", lambda x: x.flatten(1), x=(2, 3, 2, 2))
case(S + "squeeze", lambda x: x.squeeze(1), x=(2, 1, 3))
case(S + "unsqueeze", lambda x: x[:, None, :, None], x=(2, 3))
case(S + "transpose", lambda x: x.permute(2, 0, 1), x=(2, 3, 4))
case(S + "transpose reversed", lambda x: x.permute(2, 1, 0), x=(2, 3, 4))
case(S + "concat", lambda a, b, c: torch.cat([a, b, c], 1), a=(2, 1, 3), b=(2, 2, 3), c=(2, 3, 3))
case(S + "concat of one input twice", lambda a: torch.cat([a, a], 1), a=(2, 3))
case(S + "split with an unused part", lambda x: x.split([1, 2, 3], 1)[0].sum(1) + x.split([1, 2, 3], 1)[2].sum(1), x=(2, 6))
case(S + "slice", lambda x: x[:, 1:3, -3:-1], x=(2, 4, 5))
case(S + "slice with step 2", lambda x: x[:, 1::2, :4:3], x=(2, 5, 5))
case(S + "slice backwards", lambda x: x.flip(1)[:, 0:4:2], x=(2, 5))
case(S + "pad unevenly", lambda x: F.pad(x, (1, 0, 0, 2)), x=(2, 3, 4))
case(S + "pad with a given number", lambda x, fill: torch.cat([fill.expand(2, 1), x, fill.expand(2, 2)], 1), x=(2, 3), fill=())
case(S + "pad that crops", lambda x: F.pad(x, (-1, 2, 1, -1)), x=(2, 3, 4))
case(S + "expand", lambda x: x.expand(2, 3, 4), x=(3, 1))
case(S + "tile", lambda x: x.repeat(1, 2, 3), x=(2, 3, 2))
case(S + "gather rows with repeats", lambda x: x[torch.tensor([[0, 2], [2, 1]])], x=(3, 4))
case(S + "gather along a later axis", lambda x: x[:, torch.tensor([2, 0, 2, -1])], x=(2, 3, 4))
case(S + "gather one", lambda x: x[:, 1], x=(2, 3, 4))
case(S + "gather elements", lambda x: x.gather(1, torch.tensor([[2, 2], [0, 1]])), x=(2, 3))
case(S + "scatter elements", lambda x, u: x.scatter(1, torch.tensor([[2, 0], [0, 1]]), u), x=(2, 3), u=(2, 2))
case(S + "scatter elements adding", lambda x, u: x.scatter_add(1, torch.tensor([[2, 2], [0, 1]]), u), x=(2, 3), u=(2, 2))

# ---- matmul
M = "matmul/"
case(M + "matrices", torch.matmul, a=(2, 3), b=(3, 4))
case(M + "stacks", torch.matmul, a=(2, 2, 3), b=(2, 3, 4))
case(M + "stacks broadcasting both sides", torch.matmul, a=(2, 1, 2, 3), b=(3, 3, 4))
case(M + "a stack by a matrix", torch.matmul, a=(2, 2, 3), b=(3, 4))
case(M + "a matrix by a stack", torch.matmul, a=(2, 3), b=(2, 3, 4))
case(M + "a matrix by a vector", torch.matmul, a=(2, 3), b=(3,))
case(M + "a stack by a vector", torch.matmul, a=(2, 2, 3), b=(3,))
case(M + "a vector by a matrix", torch.matmul, a=(3,), b=(3, 4))
case(M + "a vector by a stack", torch.matmul, a=(3,), b=(2, 3, 4))
case(M + "two vectors", torch.matmul, a=(3,), b=(3,))
case(M + "a matrix by itself", lambda a: a @ a, a=(3, 3))
case(M + "linear layer", F.linear, x=(4, 3), w=(2, 3), b=(2,))
case(M + "gemm with scales and a scalar bias", lambda a, b, c: 0.5 * a @ b + 2 * c, a=(4, 3), b=(3, 2), c=())
case(M + "gemm A transposed and a column bias", lambda a, b, c: a.T @ b + c, a=(3, 4), b=(3, 2), c=(4, 1))
case(M + "gemm both transposed", lambda a, b: 1.5 * a.T @ b.T, a=(3, 4), b=(2, 3))
case(M + "fused product with transposes", lambda a, b: 0.5 * a.mT @ b.mT, a=(2, 3, 4), b=(2, 2, 3))

# ---- conv
C = "conv/"


def conv(**options):
    return lambda x, w, b=None: F.conv2d(x, w, b, **options)


case(C + "3 x 3", conv(padding=1), x=(2, 2, 4, 5), w=(3, 2, 3, 3), b=(3,))
case(C + "1 x 1 without bias", conv(), x=(2, 3, 3, 2), w=(4, 3, 1, 1))
case(C + "stride 2 with padding", conv(stride=2, padding=1), x=(2, 2, 5, 6), w=(2, 2, 3, 3), b=(2,))
case(C + "stride 2 leaving a remainder", conv(stride=2), x=(1, 2, 6, 6), w=(2, 2, 3, 3))
case(C + "stride 3 beyond the kernel", conv(stride=3), x=(1, 2, 7, 8), w=(2, 2, 2, 2))
case(C + "uneven pads", lambda x, w: F.conv2d(F.pad(x, (0, 2, 1, 0)), w), x=(1, 2, 4, 4), w=(2, 2, 3, 2))
case(C + "dilation 2", conv(dilation=2, padding=2), x=(1, 2, 5, 5), w=(2, 2, 3, 3), b=(2,))
case(C + "dilation and stride", conv(dilation=(2, 1), stride=(1, 2)), x=(1, 2, 6, 5), w=(2, 2, 2, 3))
case(C + "groups", conv(groups=2, padding=1), x=(2, 4, 3, 3), w=(6, 2, 3, 3), b=(6,))
case(C + "depthwise", conv(groups=3, padding=1), x=(2, 3, 4, 4), w=(3, 1, 3, 3), b=(3,))
case(C + "depthwise stride 2", conv(groups=3, padding=1, stride=2), x=(2, 3, 5, 5), w=(3, 1, 3, 3))
case(C + "depthwise with a multiplier", conv(groups=2), x=(1, 2, 4, 4), w=(4, 1, 2, 2))
case(C + "same upper", lambda x, w: F.conv2d(F.pad(x, (0, 1, 0, 1)), w, stride=2), x=(1, 1, 4, 4), w=(1, 1, 3, 3))
case(C + "one axis", lambda x, w: F.conv1d(x, w, stride=2, padding=1), x=(2, 2, 6), w=(3, 2, 3))
case(C + "three axes", lambda x, w: F.conv3d(x, w, padding=1), x=(1, 1, 2, 3, 2), w=(2, 1, 3, 3, 3))
case(C + "shared weights", lambda x, w: F.conv2d(F.conv2d(x, w, padding=1), w, padding=1), x=(1, 2, 3, 3), w=(2, 2, 3, 3))
case(C + "transposed", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1), x=(1, 2, 3, 3), w=(2, 3, 3, 3), b=(3,))
case(C + "transposed in groups", lambda x, w: F.conv_transpose2d(x, w, stride=2, groups=2), x=(1, 4, 2, 3), w=(4, 1, 2, 2))
case(C + "input gradient as an operator", lambda g, w: F.conv_transpose2d(g, w, stride=2, padding=1), g=(1, 3, 3, 3), w=(3, 2, 3, 3))
case(C + "weight gradient as an operator", lambda x, g: torch.nn.grad.conv2d_weight(x, (3, 2, 3, 3), g, stride=2, padding=1), x=(2, 2, 5, 5), g=(2, 3, 3, 3))

# ---- pool
P = "pool/"
case(P + "max 2 x 2", lambda x: F.max_pool2d(x, 2), x=(2, 2, 4, 6))
case(P + "max 3 x 3 stride 2 padded", lambda x: F.max_pool2d(x, 3, 2, 1), x=(1, 2, 6, 5))
case(P + "max with ties in overlapping windows", lambda x: F.max_pool2d(x, 3, 2, 1), x=steps(1, 2, 6, 6))
case(P + "max of a constant plane", lambda x: F.max_pool2d(x, 3, 2, 1), x=np.ones((1, 1, 5, 5)))
case(P + "max with ceil mode", lambda x: F.max_pool2d(x, 2, 2, ceil_mode=True), x=(1, 2, 5, 5))
case(P + "max with dilation", lambda x: F.max_pool2d(x, 2, 1, dilation=2), x=(1, 2, 5, 4))
case(P + "max with uneven pads", lambda x: F.max_pool2d(F.pad(x, (0, 1, 1, 0), value=-np.inf), 2), x=(1, 2, 5, 5))
case(P + "max over one axis", lambda x: F.max_pool1d(x, 3, 2, 1), x=(2, 2, 7))
case(P + "average 2 x 2", lambda x: F.avg_pool2d(x, 2), x=(2, 2, 4, 6))
case(P + "average padded", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), x=(1, 2, 6, 5))
case(P + "average counting the padding", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=True), x=(1, 2, 6, 5))
case(P + "average with ceil mode", lambda x: F.avg_pool2d(x, 2, 2, ceil_mode=True), x=(1, 2, 5, 5))
case(P + "average with ceil mode counting the padding", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=True), x=(1, 1, 6, 6))
case(P + "average in overlapping windows", lambda x: F.avg_pool2d(x, 3, 1), x=(1, 2, 5, 4))
case(P + "average with uneven pads counted", lambda x: F.avg_pool2d(F.pad(x, (0, 1, 1, 0)), 2), x=(1, 2, 5, 5))

# ---- norm
N = "norm/"
case(N + "softmax", lambda x: F.softmax(x, -1), x=(3, 4))
case(N + "softmax over channels", lambda x: F.softmax(x, 1), x=(2, 3, 2, 2))
case(N + "log softmax", lambda x: F.log_softmax(x, -1), x=(3, 4))
case(N + "log softmax over channels", lambda x: F.log_softmax(x, 1), x=(2, 3, 2, 2))
case(N + "frozen batch normalization", lambda x, s, b, m, v: F.batch_norm(x, m, v, s, b, eps=1e-3) if not m.requires_grad else
     (x - m.view(-1, 1, 1)) / (v.view(-1, 1, 1) + 1e-3).sqrt() * s.view(-1, 1, 1) + b.view(-1, 1, 1),
     x=(2, 3, 2, 3), s=(3,), b=(3,), m=(3,), v=positive(3))
case(N + "frozen batch normalization of a matrix", lambda x, s, b, m, v: (x - m) / (v + 1e-5).sqrt() * s + b,
     x=(4, 3), s=(3,), b=(3,), m=(3,), v=positive(3))
case(N + "batch normalization in training", lambda x, s, b: F.batch_norm(x, None, None, s, b, True, eps=1e-3), x=(3, 2, 2, 3), s=(2,), b=(2,))
case(N + "layer normalization", lambda x, s, b: F.layer_norm(x, (4,), s, b, 1e-5), x=(2, 3, 4), s=(4,), b=(4,))
case(N + "layer normalization over two axes", lambda x, s: F.layer_norm(x, (3, 4), s, None, 1e-3), x=(2, 3, 4), s=(3, 4))

# ---- resize
Z = "resize/"
case(Z + "nearest to double", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), x=(1, 2, 2, 3))
case(Z + "linear to double", lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False), x=(1, 2, 3, 2))
case(Z + "linear with aligned corners", lambda x: F.interpolate(x, size=(5, 4), mode="bilinear", align_corners=True), x=(1, 2, 3, 2))
case(Z + "linear to fewer", lambda x: F.interpolate(x, size=(3, 2), mode="bilinear", align_corners=False), x=(1, 1, 5, 5))

# ---- a whole network: conv, batch normalization, relu, max pool, fully connected, log softmax, mean loss
LABELS = torch.tensor([0, 2, 1, 2])


def network(x, w1, s1, b1, w2, s2, b2, wd, bd, wf, bf, unused):
    h = F.relu(F.batch_norm(F.conv2d(x, w1, padding=1, stride=2), None, None, s1, b1, True, eps=1e-5))
    h = F.max_pool2d(h, 2, 2)
    h = h + F.relu6(F.batch_norm(F.conv2d(h, w2, padding=1, groups=4), None, None, s2, b2, True, eps=1e-5))
    h = F.conv2d(h, wd, bd).mean((2, 3))
    return F.nll_loss(F.log_softmax(F.linear(h, wf, bf), 1), LABELS)


case("network/small network", network, x=(4, 2, 9, 9), w1=(4, 2, 3, 3), s1=positive(4), b1=(4,), w2=(4, 1, 3, 3), s2=positive(4),
     b2=(4,), wd=(5, 4, 1, 1), bd=(5,), wf=(3, 5), bf=(3,), unused=(2, 2))

TARGET.mkdir(parents=True, exist_ok=True)
for family, cases in FAMILIES.items():
    document = {"reference": f"torch {torch.__version__}", "script": "scripts/reference/autodiff.py", "cases": cases}
    (TARGET / f"{family}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(family, len(cases))
