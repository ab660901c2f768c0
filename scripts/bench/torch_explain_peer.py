"""PyTorch's side of the costs of explanations: torch_explain_peer.py NETWORK BATCH SAMPLES THREADS

Answers the name of a work with the seconds it took, and "end" with the peak memory (VmHWM). The arithmetic of the packages in use,
in its leanest form: parameters take no gradient; Grad-CAM differentiates from the score to the last feature map alone, as Captum's
LayerGradCam does; RISE's masks are drawn, resized and cropped as in the authors' code; LIME's are superpixels of a 7 x 7 grid.
"""
import json
import re
import sys
import time

import torch
import torch.nn.functional as F

from torch_models import build, last_maps

network, batch, samples, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(1)
model = build(network).eval()
for parameter in model.parameters():
    parameter.requires_grad_(False)
images = torch.rand(batch, 3, 224, 224) * 4 - 2
held = {}


def keep(_module, _inputs, output):
    if held.get("wanted"):
        held["activations"] = output.detach().requires_grad_()
        # DenseNet changes it in place, which a leaf refuses.
        return held["activations"].clone()


last_maps(model).register_forward_hook(keep)


def prediction():
    with torch.no_grad():
        return model(images)


def grad_cam():
    held["wanted"] = True
    logits = model(images)
    held["wanted"] = False
    score = logits.max(dim=1).values.sum()
    activations = held["activations"]
    (gradient,) = torch.autograd.grad(score, activations)
    with torch.no_grad():
        return F.relu((gradient.mean(dim=(2, 3), keepdim=True) * activations).sum(dim=1))


def saliency():
    inputs = images.clone().requires_grad_()
    score = model(inputs).max(dim=1).values.sum()
    (gradient,) = torch.autograd.grad(score, inputs)
    return gradient.abs().amax(dim=1)


@torch.no_grad()
def lime():
    image = images[:1]
    rows = torch.arange(224) * 7 // 224
    labels = rows[:, None] * 7 + rows[None, :]
    scores = []
    shown = torch.randint(0, 2, (samples, 49)).float()
    for first in range(0, samples, batch):
        mask = shown[first:first + batch][:, labels][:, None]
        scores.append(model(mask * image)[:, 0])
    y = torch.cat(scores)
    weight = torch.exp(-((1 - (shown.sum(dim=1) / 49).sqrt()) ** 2) / 0.25 ** 2)
    x = torch.cat([shown, torch.ones(samples, 1)], dim=1)
    return torch.linalg.solve(x.T @ (weight[:, None] * x) + torch.eye(50), x.T @ (weight * y))


@torch.no_grad()
def rise(cells=8):
    image = images[:1]
    total = torch.zeros(224, 224)
    step = 224 // cells
    for first in range(0, samples, batch):
        count = min(batch, samples - first)
        grid = (torch.rand(count, 1, cells, cells) < 0.5).float()
        large = F.interpolate(grid, size=((cells + 1) * step, (cells + 1) * step), mode="bilinear", align_corners=False)
        offsets = torch.randint(0, step, (count, 2))
        mask = torch.stack([m[:, r:r + 224, c:c + 224] for m, (r, c) in zip(large, offsets.tolist())])
        total += (model(mask * image)[:, 0, None, None] * mask[:, 0]).sum(dim=0)
    return total / samples / 0.5


works = {"prediction": prediction, "grad-cam": grad_cam, "saliency": saliency, "lime": lime, "rise": rise}


def reply(**values):
    print(json.dumps(values), flush=True)


reply(ready=True)
for line in sys.stdin:
    name = line.strip()
    if name == "end":
        break
    start = time.perf_counter()
    works[name]()
    reply(seconds=time.perf_counter() - start)
with open("/proc/self/status") as status:
    peak_kb = int(re.search(r"^VmHWM:\s+(\d+) kB", status.read(), re.M).group(1))
reply(peakMb=peak_kb * 1024 / 1e6)
