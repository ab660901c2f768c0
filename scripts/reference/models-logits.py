"""Reference logits of the networks on the shelf, by torchvision, with weights from the closed formula of
src/models/formula-weights.ts. Writes test/fixtures/models/logits.json.
    python3 scripts/reference/models-logits.py [--stats] [NAME ...]
"""
import json
import sys

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models import mobilenetv2, resnet, vgg

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


def fill(net):
    """Gives every parameter its formula value; which formula depends on the kind of module, as in TypeScript."""
    with torch.no_grad():
        for path, module in net.named_modules():
            norm = isinstance(module, nn.BatchNorm2d)
            for kind, value in list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False)):
                if kind == "num_batches_tracked":
                    continue
                shape = tuple(value.shape)
                if kind == "weight" and not norm:
                    line = (float(np.sqrt(6 / np.prod(shape[1:]))), 0)
                else:
                    line = (0.25, 1 if kind in ("weight", "running_var") else 0)
                value.copy_(formula(f"{path}.{kind}", shape, *line))
    return net.eval()


def patches(size):
    """Two images of 8 x 8 patches of one color each: coarse enough to survive the strides."""
    coarse = formula("input", (2, 3, 8, 8), 2, 0)
    at = torch.arange(size) * 8 // size
    return coarse[:, :, at][:, :, :, at].contiguous()


def tiny_mobilenet(classes):
    net = mobilenetv2.MobileNetV2(
        num_classes=classes, width_mult=0.5, inverted_residual_setting=[[1, 16, 1, 1], [4, 32, 2, 2], [4, 48, 2, 2], [4, 64, 1, 2]])
    net.features[-1] = torchvision.ops.misc.Conv2dNormActivation(32, 64, kernel_size=1, activation_layer=nn.ReLU6)
    net.classifier[1] = nn.Linear(64, classes)
    return net


class NarrowResNet(resnet.ResNet):
    """torchvision's ResNet with a stem of fewer channels than 64."""

    def __init__(self, block, depths, width, classes):
        nn.Module.__init__(self)
        self._norm_layer = nn.BatchNorm2d
        self.inplanes, self.dilation, self.groups, self.base_width = width, 1, 1, 64
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for i, depth in enumerate(depths):
            setattr(self, f"layer{i + 1}", self._make_layer(block, width * 2 ** i, depth, stride=1 if i == 0 else 2))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(width * 8 * block.expansion, classes)


def small_vgg(cfg, grid, hidden, classes):
    net = vgg.VGG(vgg.make_layers(cfg), num_classes=classes, init_weights=False)
    last = [c for c in cfg if c != "M"][-1]
    net.avgpool = nn.AdaptiveAvgPool2d((grid, grid))
    net.classifier = nn.Sequential(
        nn.Linear(last * grid * grid, hidden), nn.ReLU(True), nn.Dropout(), nn.Linear(hidden, hidden), nn.ReLU(True),
        nn.Dropout(), nn.Linear(hidden, classes))
    return net


tiny_vgg_layers = [8, 8, "M", 16, 16, "M", 32, 32, "M", 32, "M"]
nets = {
    "mobilenet_v2": (lambda: mobilenetv2.mobilenet_v2(), 224),
    "resnet50": (lambda: resnet.resnet50(), 224),
    "vgg16": (lambda: vgg.vgg16(), 224),
    "mobilenet_v2-tiny": (lambda: tiny_mobilenet(3), 64),
    "resnet50-tiny": (lambda: NarrowResNet(resnet.Bottleneck, [1, 2, 1, 1], 8, 3), 64),
    "vgg16-tiny": (lambda: small_vgg(tiny_vgg_layers, 2, 64, 3), 64),
    # Sides that the strides do not divide, and bins of unequal size in the adaptive mean of VGG.
    "mobilenet_v2-tiny at 45": (lambda: tiny_mobilenet(3), 45),
    "resnet50-tiny at 45": (lambda: NarrowResNet(resnet.Bottleneck, [1, 2, 1, 1], 8, 3), 45),
    "vgg16-tiny at 80": (lambda: small_vgg(tiny_vgg_layers, 2, 64, 3), 80),
    "vgg16-tiny at 16": (lambda: small_vgg(tiny_vgg_layers, 2, 64, 3), 16),
    "resnet18": (lambda: NarrowResNet(resnet.BasicBlock, [2, 2, 2, 2], 8, 3), 64),
}


def main():
    torch.set_num_threads(2)
    torch.nn.init.kaiming_normal_ = lambda t, *a, **k: t
    torch.nn.init.normal_ = lambda t, *a, **k: t
    wanted = [a for a in sys.argv[1:] if not a.startswith("--")]
    path = "test/fixtures/models/logits.json"
    try:
        stored = json.load(open(path))["networks"]
    except FileNotFoundError:
        stored = {}
    for name, (make, size) in nets.items():
        if wanted and name not in wanted:
            continue
        net = fill(make())
        image = patches(size)
        if "--stats" in sys.argv:
            for path_, module in net.named_modules():
                if not list(module.children()):
                    module.register_forward_hook(lambda m, i, o, p=path_: print(f"{p:32} mean {o.mean():9.4f} std {o.std():9.4f}"))
        with torch.no_grad():
            logits = net(image)
        parameters = sum(p.numel() for p in net.parameters())
        print(name, "logits std", logits.std().item(), "between images", (logits[0] - logits[1]).abs().mean().item())
        stored[name] = {"size": size, "parameters": parameters, "shape": list(logits.shape),
                        "logits": [float(f"{v:.8g}") for v in logits.flatten().tolist()]}
    line = {"name": "layer1.0.conv1.weight", "scale": float(np.sqrt(6 / 576)), "offset": 0.1}
    sample = {**line, "values": formula(line["name"], (200,), line["scale"], line["offset"]).tolist()}
    out = {"reference": f"torchvision {torchvision.__version__}, torch {torch.__version__}",
           "script": "scripts/reference/models-logits.py", "formula": sample, "networks": stored}
    json.dump(out, open(path, "w"))


main()
