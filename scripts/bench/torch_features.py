"""PyTorch's side of `npm run bench -- features`: torch_features.py '{"network": ..., "images": 100, "size": 224, "threads": 2, "folds": 5, "epochs": 30, "batch": 16}'

Features of all images by the frozen network, once; then a linear head for every fold, from the features. Prints {"seconds": ...}.
"""
import json
import sys
import time

import torch
import torchvision

said = json.loads(sys.argv[1])
torch.set_num_threads(said["threads"])
torch.manual_seed(1)
count, batch, folds = said["images"], said["batch"], said["folds"]

model = getattr(torchvision.models, said["network"])(weights=None).eval()
width = model.classifier[-1].in_features
model.classifier = torch.nn.Identity()
images = list(torch.rand(count, 3, said["size"], said["size"]) * 4 - 2)
labels = torch.arange(count) % 2


def study():
    with torch.inference_mode():
        # Batches are made of single images, as a loader makes them, and as the other side does.
        features = torch.cat([model(torch.stack(images[i : i + batch])) for i in range(0, count, batch)])
    features = features.clone()
    for fold in range(folds):
        test = torch.arange(count) % folds == fold
        train = torch.nonzero(~test).squeeze(1)
        head = torch.nn.Linear(width, 2)
        optimizer = torch.optim.SGD(head.parameters(), lr=1e-2, momentum=0.9, weight_decay=1e-4)
        loss_of = torch.nn.CrossEntropyLoss()
        for _ in range(said["epochs"]):
            order = train[torch.randperm(len(train))]
            for i in range(0, len(order), batch):
                chosen = order[i : i + batch]
                optimizer.zero_grad()
                loss_of(head(features[chosen]), labels[chosen]).backward()
                optimizer.step()
        with torch.inference_mode():
            torch.softmax(head(features[test]), 1)


with torch.inference_mode():
    model(torch.stack(images[:batch]))
started = time.perf_counter()
study()
print(json.dumps({"seconds": time.perf_counter() - started}))
