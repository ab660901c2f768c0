"""PyTorch's side of a comparison: torch_peer.py NETWORK training|inference BATCH frozen|train THREADS

Answers each line "run" with the seconds one piece of work took, and "end" with the peak memory (VmHWM).
"""
import json
import re
import sys
import time

import torch
import torchvision

network, kind, batch, batch_norm, threads = sys.argv[1:6]
batch = int(batch)
torch.set_num_threads(int(threads))
torch.manual_seed(1)
model = getattr(torchvision.models, network)(weights=None)
images = torch.rand(batch, 3, 224, 224) * 4 - 2
targets = torch.arange(batch)

if kind == "training":
    model.train()
    if batch_norm == "frozen":
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
    loss_of = torch.nn.CrossEntropyLoss()

    def work():
        optimizer.zero_grad()
        loss_of(model(images), targets).backward()
        optimizer.step()

else:
    model.eval()

    def work():
        with torch.no_grad():
            model(images)


def reply(**values):
    print(json.dumps(values), flush=True)


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
