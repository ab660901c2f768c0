"""PyTorch's side of `npm run bench -- study`: torch_study.py FOLDER

The folder has what both sides share: study.json, and as bare floats images.f32, random.f32 and pretrained.f32. Answers each line
"REGIME FOLD" with the seconds of that run and writes what each epoch showed to pytorch-REGIME-FOLD.json; "end" with the peak memory
(VmHWM). The protocol is that of src/bench/study/osteon-study-peer.ts; features of frozen stages are computed once for all folds.
"""
import json
import re
import sys
import time
from pathlib import Path

import numpy
import torch
import torchvision

folder = Path(sys.argv[1])
study = json.loads((folder / "study.json").read_text())
torch.set_num_threads(study["threads"])
torch.manual_seed(1)
size, batch = study["size"], study["batch"]
images = torch.from_numpy(numpy.fromfile(folder / "images.f32", dtype=numpy.float32).reshape(-1, 3, size, size))
labels, fold_of = torch.tensor(study["labels"]), torch.tensor(study["foldOf"])
known_features = None


def start_weights(name):
    data = numpy.fromfile(folder / f"{name}.f32", dtype=numpy.float32)
    weights, at = {}, 0
    for entry in study["weights"]:
        count = int(numpy.prod(entry["shape"]))
        weights[entry["name"]] = torch.from_numpy(data[at : at + count].reshape(entry["shape"]).copy())
        at += count
    return weights


starts = {name: start_weights(name) for name in ("random", "pretrained")}


def features_of(model):
    global known_features
    if known_features is None:
        with torch.inference_mode():
            body = torch.nn.Sequential(model.features, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
            known_features = torch.cat([body(images[i : i + batch]) for i in range(0, len(images), batch)]).clone()
    return known_features


def run(regime, fold):
    said = study["regimes"][regime]
    started = time.perf_counter()
    whole = getattr(torchvision.models, study["network"])(weights=None, num_classes=int(labels.max()) + 1, dropout=0.0)
    missing, unexpected = whole.load_state_dict(starts[said["start"]], strict=False)
    if unexpected or any("num_batches_tracked" not in name for name in missing):
        raise ValueError(f"weights: missing {missing[:3]}, unexpected {unexpected[:3]}")
    whole.eval()
    model, inputs = whole, images
    if regime == "feature-extraction":
        inputs = features_of(whole)
        model = whole.classifier
    cases = torch.arange(len(labels))
    test, train = cases[fold_of == fold], cases[fold_of != fold]
    optimizer = torch.optim.SGD(model.parameters(), lr=said["learningRate"], momentum=0.9, weight_decay=1e-4)
    loss_of = torch.nn.CrossEntropyLoss()
    # As many steps as Osteon takes, of equal size; its last batch is filled up from the first cases.
    steps = -(-len(train) // batch)
    rows = -(-len(train) // steps)

    def classes_of(chosen):
        model.eval()
        with torch.inference_mode():
            return torch.cat([model(inputs[chosen[i : i + batch]]).argmax(1) for i in range(0, len(chosen), batch)])

    epochs = []
    for _ in range(said["epochs"]):
        model.train(said["batchNorm"] == "train")
        order = train[torch.randperm(len(train))]
        order = torch.cat([order, order[: steps * rows - len(order)]])
        for i in range(0, len(order), rows):
            chosen = order[i : i + rows]
            optimizer.zero_grad()
            loss_of(model(inputs[chosen]), labels[chosen]).backward()
            optimizer.step()
        accuracy = float((classes_of(test) == labels[test]).float().mean())
        epochs.append({"seconds": time.perf_counter() - started, "accuracy": accuracy})
    classes_of(test)
    return {"seconds": time.perf_counter() - started, "epochs": epochs}


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    words = line.split()
    if words == ["end"]:
        break
    result = run(words[0], int(words[1]))
    (folder / f"pytorch-{words[0]}-{words[1]}.json").write_text(json.dumps(result))
    print(json.dumps({"seconds": result["seconds"]}), flush=True)
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps({"peakMb": int(peak.group(1)) * 1024 / 1e6}), flush=True)
