"""Weights from the closed formula of src/models/formula-weights.ts for a PyTorch network, and what a network makes of them:
logits of two images, and gradients of the cross-entropy by the first, the middle and the last parameter."""
import json
import os

import numpy as np
import torch
from torch import nn

M32 = np.uint64(0xFFFFFFFF)


def hash_name(name):
    h = 0x811C9DC5
    for c in name.encode("ascii"):
        h = ((h ^ c) * 0x01000193) & 0xFFFFFFFF
    return h


def formula(name, shape, scale, offset):
    """offset + scale (mix(hash(name) + i 0x9e3779b9) / 2^31 - 1), in float64, rounded once."""
    n = int(np.prod(shape, dtype=np.int64))
    out = np.empty(n, np.float32)
    start = np.uint64(hash_name(name))
    for first in range(0, n, 1 << 22):
        i = np.arange(first, min(n, first + (1 << 22)), dtype=np.uint64)
        h = (start + i * np.uint64(0x9E3779B9)) & M32
        h = ((h ^ (h >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & M32
        h = ((h ^ (h >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & M32
        h = h ^ (h >> np.uint64(16))
        out[first:first + len(i)] = offset + scale * (h.astype(np.float64) / 2147483648 - 1)
    return torch.from_numpy(out.reshape(shape))


def fill(net, scales=(), gain=1):
    """Gives every parameter its formula value: products get +-gain sqrt(6 / fan in), scales 1 +- 1/4, the rest 0 +- 1/4.
    `scales` are last names of parameters that scale, besides the weights of normalizations."""
    with torch.no_grad():
        for path, module in net.named_modules():
            norm = isinstance(module, (nn.BatchNorm2d, nn.LayerNorm))
            for kind, value in list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False)):
                if kind == "num_batches_tracked":
                    continue
                shape = tuple(value.shape)
                if kind == "weight" and not norm:
                    line = (gain * float(np.sqrt(6 / np.prod(shape[1:]))), 0)
                else:
                    line = (0.25, 1 if kind in ("weight", "running_var", *scales) else 0)
                value.copy_(formula(f"{path}.{kind}" if path else kind, shape, *line))
    return net.eval()


def patches(size, texture=0):
    """Two images of 8 x 8 patches of one color each, coarse enough to survive the strides; a texture of single pixels on
    them keeps the maxima of pooling windows apart."""
    coarse = formula("input", (2, 3, 8, 8), 2, 0)
    at = torch.arange(size) * 8 // size
    image = coarse[:, :, at][:, :, :, at].contiguous()
    return image + formula("texture", (2, 3, size, size), texture, 0) if texture else image


def rounded(values):
    return [float(f"{v:.8g}") for v in values]


def sample(gradient):
    """At most 64 elements at equal steps, and the norm of all of them."""
    flat = gradient.flatten()
    step = max(1, len(flat) // 64)
    return {"step": step, "norm": float(f"{flat.double().norm().item():.8g}"), "values": rounded(flat[::step][:64].tolist())}


def describe(net, size, temperature=1, texture=0, dtype=torch.float32, more=()):
    """What the network says and how its loss depends on three of its parameters and `more` by name, with classes 0 and 1 as the truth.
    The loss is of logits / temperature, so that it does not saturate."""
    logits = net(patches(size, texture).to(dtype))
    loss = nn.functional.cross_entropy(logits / temperature, torch.tensor([0, 1]))
    named = list(net.named_parameters())
    chosen = [named[0], named[len(named) // 2], named[-1]] + [pair for pair in named[1:-1] if pair[0] in more]
    gradients = torch.autograd.grad(loss, [p for _, p in chosen])
    values = logits.detach()
    print("logits std", values.std().item(), "between images", (values[0] - values[1]).abs().mean().item(), "loss", loss.item())
    return {"size": size, "parameters": sum(p.numel() for _, p in named), "shape": list(values.shape),
            "logits": rounded(values.flatten().tolist()), "loss": loss.item(),
            "gradients": {name: sample(g) for (name, _), g in zip(chosen, gradients)}}


def write(name, script, reference, networks):
    """Writes test/fixtures/models/NAME.json, keeping networks that were not made this time."""
    path = f"test/fixtures/models/{name}.json"
    stored = json.load(open(path))["networks"] if os.path.exists(path) else {}
    line = {"name": "layer1.0.conv1.weight", "scale": float(np.sqrt(6 / 576)), "offset": 0.1}
    values = formula(line["name"], (200,), line["scale"], line["offset"]).tolist()
    with open(path, "w") as file:
        json.dump({"reference": reference, "script": f"scripts/reference/{script}", "formula": {**line, "values": values},
                   "networks": {**stored, **networks}}, file)
