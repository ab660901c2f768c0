"""Small files written by torch.save, and files that try to do more than hold tensors.
Writes test/fixtures/models/pth.json: base64 of each file with the values PyTorch reads from it.
    python3 scripts/reference/models-pth.py
"""
import base64
import collections
import io
import json
import os
import pickle
import zipfile

import torch


def encode(data):
    return base64.b64encode(data).decode()


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def state():
    g = torch.Generator().manual_seed(1)
    base = torch.randn(3, 4, generator=g)
    return collections.OrderedDict([
        ("plain", torch.randn(2, 3, generator=g)),
        ("parameter", torch.nn.Parameter(torch.randn(5, generator=g))),
        ("transposed", base.t()),
        ("row", base[1]),
        ("every.second.column", base[:, ::2]),
        ("scalar", torch.tensor(0.1)),
        ("empty", torch.zeros(0, 7)),
        ("double", torch.randn(3, dtype=torch.float64, generator=g)),
        ("half", torch.tensor([1.0, -0.333, 65504.0, 6e-8, float("inf")]).half()),
        ("bfloat", torch.tensor([1.0, -0.333, 3e38, 1e-40]).bfloat16()),
        ("counter", torch.tensor(2 ** 40 + 1)),
        ("int", torch.tensor([-1, 2 ** 31 - 1], dtype=torch.int32)),
        ("short", torch.tensor([-300, 7], dtype=torch.int16)),
        ("char", torch.tensor([-3, 7], dtype=torch.int8)),
        ("byte", torch.tensor([200, 7], dtype=torch.uint8)),
        ("bool", torch.tensor([True, False])),
    ])


def described(tensors):
    return {name: {"shape": list(t.shape), "values": [str(v) if isinstance(v, int) and not isinstance(v, bool) else float(v)
                   if abs(float(v)) != float("inf") else "Infinity" for v in t.detach().flatten().tolist()]} for name, t in tensors.items()}


class Calls:
    """Pickles to a call of the given function when loaded."""

    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


def rezip(data, change):
    """The same archive with its members changed by `change(name, bytes)`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, change(info.filename, source.read(info.filename)))
    return out.getvalue()


def with_pickle(value, protocol=2):
    pickled = pickle.dumps(value, protocol)
    return rezip(saved({"a": torch.zeros(2)}), lambda name, data: pickled if name.endswith("data.pkl") else data)


whole = saved(state())
one = saved({"a": torch.arange(6, dtype=torch.float32).reshape(2, 3)})
hostile = {
    "runs a command": with_pickle({"a": Calls(os.system, "echo owned")}),
    "runs a command, protocol 4": with_pickle({"a": Calls(os.system, "echo owned")}, 4),
    "evaluates text": with_pickle({"a": Calls(eval, "1")}),
    "opens a file": with_pickle({"a": Calls(open, "/etc/passwd")}),
    "holds an object": with_pickle({"a": collections.Counter("ab")}),
    "holds a number": with_pickle({"a": 3}),
    "is a list": with_pickle([1, 2]),
    "compressed": None,
    "tensor beyond its storage": rezip(one, lambda n, d: d.replace(b"K\x02K\x03\x86", b"K\x02K\xff\x86") if n.endswith("data.pkl") else d),
    "stride beyond its storage": rezip(one, lambda n, d: d.replace(b"K\x03K\x01\x86", b"K\xffK\x01\x86") if n.endswith("data.pkl") else d),
    "storage shorter than announced": rezip(one, lambda n, d: d[:8] if n.endswith("data/0") else d),
    "whole module": saved(torch.nn.Linear(2, 2)),
    "legacy that runs a command": saved({"a": Calls(os.system, "echo owned")}, _use_new_zipfile_serialization=False),
}
buffer = io.BytesIO()
with zipfile.ZipFile(io.BytesIO(one)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
    for info in source.infolist():
        target.writestr(info.filename, source.read(info.filename) + b"\0" * 100)
hostile["compressed"] = buffer.getvalue()

fixture = {
    "reference": f"torch {torch.__version__}",
    "script": "scripts/reference/models-pth.py",
    "files": {
        "archive": {"base64": encode(whole), "tensors": described(state())},
        "legacy": {"base64": encode(saved(state(), _use_new_zipfile_serialization=False)), "tensors": described(state())},
        "checkpoint": {"base64": encode(saved({"epoch": 3, "state_dict": {"w": torch.ones(2)}})), "tensors": described({"w": torch.ones(2)})},
        "nested checkpoint": {"base64": encode(saved({"epoch": 3, "model": {"module.w": torch.ones(2), "module.b": torch.ones(2)[1:]}, "optimizer": {"state": {0: {"step": 1, "mean": torch.zeros(2)}}}})), "tensors": described({"module.w": torch.ones(2), "module.b": torch.ones(1)})},
        "protocol 4": {"base64": encode(saved({"w": torch.ones(2)}, pickle_protocol=4)), "tensors": described({"w": torch.ones(2)})},
    },
    "hostile": {name: encode(data) for name, data in hostile.items()},
}
json.dump(fixture, open("test/fixtures/models/pth.json", "w"))
