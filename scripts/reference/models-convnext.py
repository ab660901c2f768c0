"""Reference logits and gradients of ConvNeXt by torchvision. Writes test/fixtures/models/convnext.json.
    python3 scripts/reference/models-convnext.py [NAME ...]
"""
import sys

import torch
import torchvision
from torchvision.models import convnext

import model_reference as reference


def tiny():
    settings = [convnext.CNBlockConfig(16, 32, 1), convnext.CNBlockConfig(32, 64, 2), convnext.CNBlockConfig(64, None, 2)]
    return convnext.ConvNeXt(settings, 0.1, num_classes=3)


nets = {
    "convnext_base-tiny": (tiny, 64),
    "convnext_base-tiny at 45": (tiny, 45),
    "convnext_tiny": (convnext.convnext_tiny, 224),
    "convnext_small": (convnext.convnext_small, 224),
    "convnext_base": (convnext.convnext_base, 224),
    "convnext_large": (convnext.convnext_large, 224),
}


def main():
    torch.set_num_threads(2)
    torch.nn.init.trunc_normal_ = lambda t, *a, **k: t
    for name in sys.argv[1:] or nets:
        make, size = nets[name]
        print(name)
        made = {name: reference.describe(reference.fill(make(), ["layer_scale"]), size)}
        origin = f"torchvision {torchvision.__version__}, torch {torch.__version__}"
        reference.write("convnext", "models-convnext.py", origin, made)


main()
