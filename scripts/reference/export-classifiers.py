"""Writes ONNX classifiers that Osteon has no definition of, as torchvision's users would export them.

    python3 scripts/reference/export-classifiers.py FOLDER [NAME ...]

Weights are random: the files show that a network imports and trains, not that it is any good.
"""
import os
import sys

import torch
from torchvision import models

networks = {
    "squeezenet1_1": models.squeezenet1_1,
    "shufflenet_v2_x0_5": models.shufflenet_v2_x0_5,
    "googlenet": lambda weights: models.googlenet(weights=weights, init_weights=False),
    "regnet_y_400mf": models.regnet_y_400mf,
    "mnasnet0_5": models.mnasnet0_5,
    "resnext50_32x4d": models.resnext50_32x4d,
}

folder, *names = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
torch.manual_seed(0)
torch.set_num_threads(1)
for name in names or networks:
    network = networks[name](weights=None).eval()
    torch.onnx.export(
        network,
        torch.zeros(1, 3, 224, 224),
        os.path.join(folder, f"{name}.onnx"),
        input_names=["input"],
        output_names=["logits"],
        opset_version=13,
    )
    print(name, flush=True)
