"""Reference logits and gradients of DenseNet with several scales and attention: torchvision's DenseNet with the parts of
docs/reference/attention-densenet.md written here in PyTorch. Writes test/fixtures/models/attention-densenet.json.
    python3 scripts/reference/models-attention-densenet.py [NAME ...]
"""
import sys

import torch
import torchvision
from torch import nn
from torch.nn import functional as F
from torchvision.models import densenet

import model_reference as reference


class Multiscale(nn.Module):
    def __init__(self, channels, trunk):
        super().__init__()
        narrow = trunk // 4
        self.norm1, self.conv1 = nn.BatchNorm2d(channels), nn.Conv2d(channels, narrow, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(narrow), nn.Conv2d(narrow, narrow, 3, padding=1, bias=False)
        self.norm3, self.conv3 = nn.BatchNorm2d(narrow), nn.Conv2d(narrow, trunk, 1, bias=False)

    def forward(self, early, middle, last):
        trunk = F.interpolate(last, scale_factor=2, mode="nearest")
        height, width = trunk.shape[2:]
        x = torch.cat([F.avg_pool2d(early, 2)[:, :, :height, :width], middle[:, :, :height, :width], trunk], 1)
        x = self.conv1(F.relu(self.norm1(x)))
        x = self.conv2(F.relu(self.norm2(x)))
        return trunk + self.conv3(F.relu(self.norm3(x)))


class SelfAttention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1))
        self.query, self.key = [nn.Conv2d(channels, channels // 8, 1, bias=False) for _ in range(2)]
        self.value, self.project = nn.Conv2d(channels, channels // 2, 1, bias=False), nn.Conv2d(channels // 2, channels, 1, bias=False)

    def forward(self, x):
        q, k, v = [part(x).flatten(2) for part in (self.query, self.key, self.value)]
        weights = torch.softmax(torch.einsum("ndi,ndj->nij", q, k) / q.shape[1] ** 0.5, 2)
        seen = torch.einsum("nij,ncj->nci", weights, v).unflatten(2, x.shape[2:])
        return x + self.gamma * self.project(seen)


class Cbam(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1))
        self.reduce, self.expand = nn.Conv2d(channels, channels // 16, 1, bias=False), nn.Conv2d(channels // 16, channels, 1, bias=False)
        self.spatial = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x):
        mlp = lambda v: self.expand(F.relu(self.reduce(v)))
        y = x * torch.sigmoid(mlp(x.mean((2, 3), keepdim=True)) + mlp(x.amax((2, 3), keepdim=True)))
        y = y * torch.sigmoid(self.spatial(torch.cat([y.mean(1, keepdim=True), y.amax(1, keepdim=True)], 1)))
        return x + self.gamma * (y - x)


class AttentionDenseNet(nn.Module):
    def __init__(self, base, parts):
        super().__init__()
        self.features, self.classifier = base.features, base.classifier
        trunk = base.classifier.in_features
        names = [name for name, _ in base.features.named_children() if name.startswith("denseblock")]
        self.levels = names[-3:]
        if "multiscale" in parts:
            widths = [getattr(base.features, name.replace("denseblock", "transition")).norm.num_features for name in self.levels[:2]]
            self.multiscale = Multiscale(sum(widths) + trunk, trunk)
        if "attention" in parts:
            self.attention = SelfAttention(trunk)
        if "cbam" in parts:
            self.cbam = Cbam(trunk)

    def forward(self, x):
        seen = {}
        for name, module in self.features.named_children():
            x = module(x)
            seen[name] = x
        x = F.relu(x)
        if hasattr(self, "multiscale"):
            x = self.multiscale(seen[self.levels[0]], seen[self.levels[1]], x)
        for part in ("attention", "cbam"):
            x = getattr(self, part)(x) if hasattr(self, part) else x
        return self.classifier(x.mean((2, 3)))


def tiny(*parts):
    return lambda: AttentionDenseNet(densenet.DenseNet(16, (2, 2, 2), 32, num_classes=3), parts)


def full(*parts):
    return lambda: AttentionDenseNet(densenet.densenet121(), parts)


nets = {
    "densenet-multiscale-tiny": (tiny("multiscale"), 64),
    "densenet-attention-tiny": (tiny("attention"), 64),
    "densenet-cbam-tiny": (tiny("cbam"), 64),
    "densenet-multiscale-attention-tiny": (tiny("multiscale", "attention"), 64),
    # An odd extent before a transition, whose last row and column are left out.
    "densenet-multiscale-attention-tiny at 45": (tiny("multiscale", "attention"), 45),
    "densenet121-multiscale": (full("multiscale"), 224),
    "densenet121-attention": (full("attention"), 224),
    "densenet121-cbam": (full("cbam"), 224),
    "densenet121-multiscale-attention": (full("multiscale", "attention"), 224),
    "densenet121-multiscale-cbam": (full("multiscale", "cbam"), 224),
}


# One parameter behind every kind of step of the parts.
inner = ["multiscale.norm1.weight", "multiscale.conv1.weight", "attention.gamma", "attention.query.weight", "attention.key.weight",
         "attention.value.weight", "cbam.gamma", "cbam.reduce.weight", "cbam.spatial.weight"]


def main():
    torch.set_num_threads(2)
    torch.nn.init.kaiming_normal_ = lambda t, *a, **k: t
    for name in sys.argv[1:] or nets:
        make, size = nets[name]
        print(name)
        made = {name: reference.describe(reference.fill(make(), ["gamma"]), size, more=inner)}
        origin = f"torchvision {torchvision.__version__}, torch {torch.__version__}; parts by the script"
        reference.write("attention-densenet", "models-attention-densenet.py", origin, made)


main()
