"""Reference values of optimizers, schedules, losses and whole training steps, by PyTorch. Weights and images come from the closed formula of
src/models/formula-weights.ts. Writes test/fixtures/train/*.json.
    python3 scripts/reference/train.py
"""
import json
import math

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models import mobilenetv2


def hash_name(name):
    h = 0x811C9DC5
    for c in name.encode("ascii"):
        h = ((h ^ c) * 0x01000193) & 0xFFFFFFFF
    return h


def formula(name, shape, scale, offset):
    """offset + scale (mix(hash(name) + i 0x9e3779b9) / 2^31 - 1), in float64, rounded once."""
    mask = np.uint64(0xFFFFFFFF)
    i = np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.uint64)
    h = (np.uint64(hash_name(name)) + i * np.uint64(0x9E3779B9)) & mask
    h = ((h ^ (h >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & mask
    h = ((h ^ (h >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & mask
    h = h ^ (h >> np.uint64(16))
    values = offset + scale * (h.astype(np.float64) / 2147483648 - 1)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def fill(net):
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
    return net


def tiny_mobilenet(classes):
    net = mobilenetv2.MobileNetV2(
        num_classes=classes, width_mult=0.5, inverted_residual_setting=[[1, 16, 1, 1], [4, 32, 2, 2], [4, 48, 2, 2], [4, 64, 1, 2]])
    net.features[-1] = torchvision.ops.misc.Conv2dNormActivation(32, 64, kernel_size=1, activation_layer=nn.ReLU6)
    net.classifier[1] = nn.Linear(64, classes)
    return net


def numbers(tensor, digits=9):
    return [float(f"{v:.{digits}g}") for v in tensor.detach().flatten().tolist()]


def write(name, content):
    out = {"reference": f"torch {torch.__version__}, torchvision {torchvision.__version__}", "script": "scripts/reference/train.py", **content}
    with open(f"test/fixtures/train/{name}.json", "w") as file:
        json.dump(out, file)


def optimizers():
    def trajectory(name, make, settings):
        weight = nn.Parameter(formula("weight", (2, 3), 1, 0))
        optimizer = make([weight])
        steps = []
        for step in range(3):
            weight.grad = formula(f"gradient {step}", (2, 3), 0.5, 0.1)
            optimizer.step()
            steps.append(numbers(weight))
        return {"name": name, "settings": settings, "steps": steps}

    o = torch.optim
    rate = 0.05
    write("optimizers", {"learningRate": rate, "shape": [2, 3], "trajectories": [
        trajectory("sgd", lambda p: o.SGD(p, rate), {"momentum": 0}),
        trajectory("sgd", lambda p: o.SGD(p, rate, momentum=0.9, weight_decay=0.1), {"momentum": 0.9, "weightDecay": 0.1}),
        trajectory("sgd", lambda p: o.SGD(p, rate, momentum=0.8, nesterov=True), {"momentum": 0.8, "nesterov": True}),
        trajectory("adam", lambda p: o.Adam(p, rate), {}),
        trajectory("adam", lambda p: o.Adam(p, rate, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
                   {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.1}),
        trajectory("adamw", lambda p: o.AdamW(p, rate, weight_decay=0), {}),
        trajectory("adamw", lambda p: o.AdamW(p, rate, weight_decay=0.1), {"weightDecay": 0.1}),
    ]})


def schedules():
    def rates(make, steps, every=1):
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 1.0)
        scheduler = make(optimizer)
        out = []
        for step in range(steps):
            out.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if (step + 1) % every == 0:
                scheduler.step()
        return out

    s = torch.optim.lr_scheduler
    epochs, per_epoch = 6, 5
    total = epochs * per_epoch
    write("schedules", {"epochs": epochs, "stepsPerEpoch": per_epoch, "rates": [
        {"name": "constant", "settings": {}, "rates": rates(lambda o: s.ConstantLR(o, 1), total)},
        {"name": "cosine", "settings": {}, "rates": rates(lambda o: s.CosineAnnealingLR(o, total), total)},
        {"name": "step", "settings": {"stepEpochs": 2, "factor": 0.3}, "rates": rates(lambda o: s.StepLR(o, 2, 0.3), total, per_epoch)},
        {"name": "one-cycle", "settings": {}, "rates": rates(lambda o: s.OneCycleLR(o, 1.0, total), total)},
    ]})


def multi_target():
    """Two heads of classes and one number in 6 outputs; -1 and NaN mark cases that a head does not apply to."""
    logits = formula("multi-target", (4, 6), 2, 0).requires_grad_()
    first, second = torch.tensor([0, 2, 1, 1]), torch.tensor([1, -1, 0, -1])
    number = torch.tensor([0.3, float("nan"), -2.5, 1.0])
    known = ~number.isnan()
    weights = [1, 0.5, 2]
    parts = [
        nn.functional.cross_entropy(logits[:, :3], first),
        nn.functional.cross_entropy(logits[:, 3:5], second, ignore_index=-1),
        nn.functional.smooth_l1_loss(logits[known, 5], number[known]),
    ]
    loss = sum(weight * part for weight, part in zip(weights, parts))
    loss.backward()
    write("multi-target", {"shape": [4, 6], "weights": weights, "first": first.tolist(), "second": second.tolist(),
                           "number": [None if math.isnan(v) else v for v in number.tolist()],
                           "loss": float(f"{loss.item():.9g}"), "gradient": numbers(logits.grad)})


def losses():
    logits = formula("logits", (5, 3), 3, 0)
    labels = torch.tensor([0, 2, 1, 1, 2])
    cases = []
    for smoothing in (0, 0.2):
        for weights in (None, [1.0, 2.5, 0.5]):
            x = logits.clone().requires_grad_()
            w = None if weights is None else torch.tensor(weights)
            loss = nn.CrossEntropyLoss(weight=w, label_smoothing=smoothing)(x, labels)
            loss.backward()
            cases.append({"name": "cross-entropy", "settings": {"labelSmoothing": smoothing, "classWeights": weights},
                          "loss": loss.item(), "gradient": numbers(x.grad)})
    for gamma in (0, 2, 0.5):
        x = logits.clone().requires_grad_()
        w = torch.tensor([1.0, 2.5, 0.5])[labels]
        log_p = torch.log_softmax(x, 1)[torch.arange(5), labels]
        loss = (w * (1 - log_p.exp()) ** gamma * -log_p).sum() / w.sum()
        loss.backward()
        cases.append({"name": "focal", "settings": {"gamma": gamma, "classWeights": [1.0, 2.5, 0.5]},
                      "loss": loss.item(), "gradient": numbers(x.grad)})
    write("losses", {"labels": labels.tolist(), "shape": [5, 3], "cases": cases})


def steps():
    """Three steps of the tiny MobileNetV2 on six formula images."""
    images = formula("images", (6, 3, 32, 32), 2, 0)
    labels = torch.tensor([0, 1, 2, 1, 0, 2])
    weights = [1.0, 2.0, 0.5]

    def run(name, settings, batch_norm, make, clip=None):
        net = fill(tiny_mobilenet(3))
        net.train()
        net.classifier[0].eval()
        if batch_norm == "frozen":
            for module in net.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        optimizer = make(net.parameters())
        criterion = nn.CrossEntropyLoss(weight=torch.tensor(weights), label_smoothing=0.1)
        loss_values, norms = [], []
        for _ in range(3):
            optimizer.zero_grad()
            loss = criterion(net(images), labels)
            loss.backward()
            if clip:
                norms.append(nn.utils.clip_grad_norm_(net.parameters(), clip).item())
            optimizer.step()
            loss_values.append(loss.item())
        state = {key: value for key, value in net.state_dict().items() if not key.endswith("num_batches_tracked")}
        return {"name": name, "settings": settings, "batchNorm": batch_norm, "clip": clip, "losses": loss_values, "norms": norms,
                "weights": {key: {"norm": math.sqrt((v.double() ** 2).sum().item()), "first": numbers(v.flatten()[:6], 8)} for key, v in state.items()}}

    o = torch.optim
    write("steps", {"labels": labels.tolist(), "classWeights": weights, "labelSmoothing": 0.1, "size": 32, "runs": [
        run("sgd", {"learningRate": 0.02, "momentum": 0.9, "weightDecay": 0.01}, "train",
            lambda p: o.SGD(p, 0.02, momentum=0.9, weight_decay=0.01)),
        run("sgd", {"learningRate": 0.02, "momentum": 0.9, "weightDecay": 0.01}, "frozen",
            lambda p: o.SGD(p, 0.02, momentum=0.9, weight_decay=0.01), 1.0),
        run("adamw", {"learningRate": 0.001, "weightDecay": 0.1, "epsilon": 0.001}, "frozen",
            lambda p: o.AdamW(p, 0.001, weight_decay=0.1, eps=0.001)),
    ]})


def main():
    torch.set_num_threads(2)
    optimizers()
    schedules()
    losses()
    multi_target()
    steps()


main()
