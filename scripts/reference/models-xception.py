"""Reference logits and gradients of Xception, written here in PyTorch from the paper's figure 5 and the layer table of
keras.applications.Xception (F. Chollet 2017, arXiv:1610.02357): epsilon 1e-3, TensorFlow's "SAME" borders. Modules are named as in
Cadene's port, which timm has as legacy_xception. No code of either is used. Writes test/fixtures/models/xception.json.
    python3 scripts/reference/models-xception.py [NAME ...]
"""
import sys

import torch
from torch import nn
from torch.nn import functional as F

import model_reference as reference


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3)


class SamePool(nn.Module):
    """MaxPooling2D((3, 3), strides=(2, 2), padding="same"): the whole border is odd or even with the extent, its larger half behind."""

    def forward(self, x):
        borders = []
        for extent in (x.shape[3], x.shape[2]):
            outputs = -(-extent // 2)
            border = (outputs - 1) * 2 + 3 - extent
            borders += [border // 2, border - border // 2]
        return F.max_pool2d(F.pad(x, borders, value=float("-inf")), 3, 2)


class Separable(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.conv1(x))


class Block(nn.Module):
    def __init__(self, inputs, widths, stride, first_relu=True):
        super().__init__()
        self.shortcut = inputs != widths[-1] or stride != 1
        if self.shortcut:
            self.skip = nn.Conv2d(inputs, widths[-1], 1, stride=stride, bias=False)
            self.skipbn = norm(widths[-1])
        layers = []
        for i, width in enumerate(widths):
            if i > 0 or first_relu:
                layers.append(nn.ReLU())
            layers += [Separable(inputs, width), norm(width)]
            inputs = width
        if stride == 2:
            layers.append(SamePool())
        self.rep = nn.Sequential(*layers)

    def forward(self, x):
        return self.rep(x) + (self.skipbn(self.skip(x)) if self.shortcut else x)


class Xception(nn.Module):
    def __init__(self, stem, entry, middle, exit, classes):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, stem[0], 3, stride=2, bias=False), norm(stem[0])
        self.conv2, self.bn2 = nn.Conv2d(stem[0], stem[1], 3, bias=False), norm(stem[1])
        width, number = stem[1], 0
        plan = [([c, c], 2) for c in entry] + [([entry[-1]] * 3, 1)] * middle + [([entry[-1], exit[0]], 2)]
        for number, (widths, stride) in enumerate(plan, 1):
            setattr(self, f"block{number}", Block(width, widths, stride, number > 1))
            width = widths[-1]
        self.blocks = number
        self.conv3, self.bn3 = Separable(width, exit[1]), norm(exit[1])
        self.conv4, self.bn4 = Separable(exit[1], exit[2]), norm(exit[2])
        self.fc = nn.Linear(exit[2], classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        for number in range(1, self.blocks + 1):
            x = getattr(self, f"block{number}")(x)
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.relu(self.bn4(self.conv4(x)))
        return self.fc(x.mean((2, 3)))


nets = {
    "xception-tiny": (lambda: Xception([8, 16], [32, 48], 1, [64, 80, 96], 3), 64),
    # Even extents before each maximum.
    "xception-tiny at 69": (lambda: Xception([8, 16], [32, 48], 1, [64, 80, 96], 3), 69),
    "xception": (lambda: Xception([32, 64], [128, 256, 728], 8, [1024, 1536, 2048], 1000), 299),
}


# Two products follow each other without a ReLU between, so that at 1 signals would double with every layer.
gain = 0.6
# Without it the windows of a maximum hold equal values, and rounding decides which of them a gradient goes to.
texture = 0.5


def main():
    torch.set_num_threads(2)
    for name in sys.argv[1:] or nets:
        make, size = nets[name]
        print(name)
        made = {name: {"gain": gain, "texture": texture, **reference.describe(reference.fill(make(), gain=gain).double(), size, texture=texture, dtype=torch.float64)}}
        reference.write("xception", "models-xception.py", f"definition of the script, torch {torch.__version__}", made)


if __name__ == "__main__":
    main()
