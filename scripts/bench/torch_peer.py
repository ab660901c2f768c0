"""PyTorch's side of a comparison: torch_peer.py '{"network": ..., "task": ..., "batch": 16, "size": 224, "threads": 2, "trained": [...]}'

Answers each line "run" with the seconds one piece of work took, and "end" with the peak memory (VmHWM). The tasks are those of
src/bench/work.ts; "trained" names the parameters that the step changes, all others take no gradient. Nothing is dropped at random, on
either side.
"""
import json
import re
import sys
import time

import torch
import torchvision

from torch_models import build, last_maps

said = json.loads(sys.argv[1])
network, task, batch, size = said["network"], said["task"], said["batch"], said["size"]
torch.set_num_threads(said["threads"])
torch.manual_seed(1)

model = build(network)
images = torch.rand(batch, 3, size, size) * 4 - 2
targets = torch.arange(batch)


def prepare_step():
    model.train()
    for module in model.modules():
        random = isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth))
        if random or (isinstance(module, torch.nn.BatchNorm2d) and task != "scratch"):
            module.eval()
    trained = set(said["trained"])
    unknown = trained - {name for name, _ in model.named_parameters()}
    if unknown:
        raise ValueError(f"not parameters of {network}: {sorted(unknown)[:5]}")
    parameters = []
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in trained)
        if name in trained:
            parameters.append(parameter)
    optimizer = torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, weight_decay=1e-4)
    loss_of = torch.nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss_of(model(images), targets).backward()
        optimizer.step()

    return step


def prepare_prediction():
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    held = {}

    def keep(_module, _inputs, output):
        held["activations"] = output.detach().requires_grad_()
        # DenseNet changes it in place, which a leaf refuses.
        return held["activations"].clone()

    def predict():
        with torch.no_grad():
            model(images)

    def grad_cam():
        # From the score to the last feature map alone, as Captum's LayerGradCam does.
        score = model(images).max(dim=1).values.sum()
        (gradient,) = torch.autograd.grad(score, held["activations"])
        with torch.no_grad():
            torch.relu((gradient.mean(dim=(2, 3), keepdim=True) * held["activations"]).sum(dim=1))

    if task == "inference":
        return predict
    last_maps(model).register_forward_hook(keep)
    return grad_cam


def reply(**values):
    print(json.dumps(values), flush=True)


work = prepare_prediction() if task in ("inference", "grad-cam") else prepare_step()
reply(ready=True)
for line in sys.stdin:
    if line.strip() == "end":
        break
    start = time.perf_counter()
    work()
    reply(seconds=time.perf_counter() - start)
with open("/proc/self/status") as status:
    peak_kb = int(re.search(r"^VmHWM:\s+(\d+) kB", status.read(), re.M).group(1))
reply(peakMb=peak_kb * 1024 / 1e6)
