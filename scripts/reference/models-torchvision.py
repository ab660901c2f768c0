"""Reference logits and gradients of the networks on the shelf, by torchvision, with weights from the closed formula of
src/models/formula-weights.ts. Writes test/fixtures/models/torchvision.json.
    python3 scripts/reference/models-torchvision.py [--stats] [NAME ...]
"""
import os
import sys

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models import densenet, efficientnet, mobilenetv2, resnet, vgg

import model_reference as reference


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


def small_vgg(grid, hidden, classes, batch_norm=False):
    cfg = [8, 8, "M", 16, 16, "M", 32, 32, "M", 32, "M"]
    net = vgg.VGG(vgg.make_layers(cfg, batch_norm), num_classes=classes, init_weights=False)
    net.avgpool = nn.AdaptiveAvgPool2d((grid, grid))
    net.classifier = nn.Sequential(
        nn.Linear(32 * grid * grid, hidden), nn.ReLU(True), nn.Dropout(), nn.Linear(hidden, hidden), nn.ReLU(True),
        nn.Dropout(), nn.Linear(hidden, classes))
    return net


def tiny_efficientnet(classes):
    row = lambda *a: efficientnet.MBConvConfig(*a, width_mult=1, depth_mult=1)
    rows = [row(1, 3, 1, 16, 16, 1), row(4, 5, 2, 16, 24, 2), row(4, 3, 2, 24, 32, 2)]
    return efficientnet.EfficientNet(rows, 0.2, num_classes=classes)


def tiny_efficientnet_v2(classes):
    fused = efficientnet.FusedMBConvConfig
    rows = [fused(1, 3, 1, 16, 16, 1), fused(4, 3, 2, 16, 24, 2), efficientnet.MBConvConfig(4, 3, 2, 24, 32, 2)]
    norm = lambda channels: nn.BatchNorm2d(channels, eps=1e-3)
    return efficientnet.EfficientNet(rows, 0.2, num_classes=classes, norm_layer=norm, last_channel=128)


def narrow(block):
    return lambda: NarrowResNet(block, [1, 2, 1, 1], 8, 3)


sizes = {"b1": 240, "b2": 288, "b3": 300, "b4": 380, "v2_s": 384, "v2_m": 480, "v2_l": 480}
nets = {
    "mobilenet_v2-tiny": (lambda: tiny_mobilenet(3), 64),
    "resnet18-tiny": (narrow(resnet.BasicBlock), 64),
    "resnet50-tiny": (narrow(resnet.Bottleneck), 64),
    "vgg16-tiny": (lambda: small_vgg(2, 64, 3), 64),
    "vgg16_bn-tiny": (lambda: small_vgg(2, 64, 3, True), 64),
    "densenet-tiny": (lambda: densenet.DenseNet(16, (2, 2, 2), 32, num_classes=3), 64),
    "efficientnet_b0-tiny": (lambda: tiny_efficientnet(3), 64),
    "efficientnet_v2-tiny": (lambda: tiny_efficientnet_v2(3), 64),
    # Sides that the strides do not divide, and bins of unequal size in the adaptive mean of VGG.
    "mobilenet_v2-tiny at 45": (lambda: tiny_mobilenet(3), 45),
    "resnet50-tiny at 45": (narrow(resnet.Bottleneck), 45),
    "vgg16-tiny at 80": (lambda: small_vgg(2, 64, 3), 80),
    "vgg16-tiny at 16": (lambda: small_vgg(2, 64, 3), 16),
    "densenet-tiny at 45": (lambda: densenet.DenseNet(16, (2, 2, 2), 32, num_classes=3), 45),
    "efficientnet_b0-tiny at 45": (lambda: tiny_efficientnet(3), 45),
    "efficientnet_v2-tiny at 45": (lambda: tiny_efficientnet_v2(3), 45),
    "mobilenet_v2": (mobilenetv2.mobilenet_v2, 224),
    **{f"resnet{n}": (getattr(resnet, f"resnet{n}"), 224) for n in (18, 34, 50, 101, 152)},
    **{f"vgg{n}{bn}": (getattr(vgg, f"vgg{n}{bn}"), 224) for n in (11, 13, 16, 19) for bn in ("", "_bn")},
    **{f"densenet{n}": (getattr(densenet, f"densenet{n}"), 224) for n in (121, 169, 201)},
    **{f"efficientnet_{v}": (getattr(efficientnet, f"efficientnet_{v}"), sizes.get(v, 224)) for v in ("b0", "b1", "b2", "b3", "b4", "v2_s", "v2_m", "v2_l")},
}


# Factors of the weights that keep the signals of deep networks, whose normalizations do not look at them, near 1.
gains = {"mobilenet_v2": 0.8, "resnet18": 0.8, "resnet34": 0.8, "resnet50": 0.7, "resnet101": 0.7, "resnet152": 0.65, "efficientnet_b0": 1.05, "efficientnet_b4": 0.96,
         "efficientnet_v2_s": 0.8, "efficientnet_v2_m": 0.75, "efficientnet_v2_l": 0.73}


# Amplitudes of the images' texture where that of the others leaves a kink within single precision of a value.
textures = {"vgg13": 0.6, "vgg16_bn": 0.2, "vgg19": 0.45}


def print_statistics(net):
    for path, module in net.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda m, i, o, p=path: print(f"{p:32} mean {o.mean():9.4f} std {o.std():9.4f}"))


def main():
    torch.set_num_threads(int(os.environ.get("THREADS", 2)))
    for init in ("kaiming_normal_", "normal_", "uniform_"):
        setattr(torch.nn.init, init, lambda t, *a, **k: t)
    for name in [a for a in sys.argv[1:] if not a.startswith("--")] or nets:
        make, size = nets[name]
        print(name)
        gain = gains.get(name, 1)
        net = reference.fill(make(), gain=gain)
        if "--stats" in sys.argv:
            print_statistics(net)
        # Kinks (ReLU, maxima) are decided in double precision: in single precision a few of them fall the other way.
        # EfficientNet has none, and needs neither that nor a texture.
        smooth = name.startswith("efficientnet")
        dtype, texture = (torch.float32, 0) if smooth else (torch.float64, textures.get(name, 0.5))
        net = net.to(dtype)
        with torch.no_grad():
            spread = net(reference.patches(size, texture).to(dtype)).std().item()
        temperature = float(2 ** np.ceil(np.log2(max(1, spread))))
        made = reference.describe(net, size, temperature, texture, dtype)
        made = {**made, "precision": str(dtype).removeprefix("torch."), "gain": gain, "temperature": temperature, "texture": texture}
        # Of a thousand logits per image, some.
        made["step"] = max(1, len(made["logits"]) // 200)
        made["largest"] = max(abs(v) for v in made["logits"])
        made["logits"] = made["logits"][::made["step"]]
        origin = f"torchvision {torchvision.__version__}, torch {torch.__version__}"
        reference.write("torchvision", "models-torchvision.py", origin, {name: made})


main()
