"""Small files written by h5py in the forms that Keras 1 to 3 uses, and one with the weights of a tiny VGG with the logits
that a channels-last computation gives.
Writes test/fixtures/models/hdf5.json: base64 of each file, gzipped, with the values h5py reads from it.
    python3 scripts/reference/models-hdf5.py     (Debian: python3-h5py, python3-torch)
"""
import base64
import gzip
import io
import json
import zipfile

import h5py
import numpy
import torch

random = numpy.random.default_rng(3)


def values(*shape, dtype="float32"):
    """Multiples of 1/64, few of them, which compress and are exact in every type."""
    return (numpy.round(random.standard_normal(shape) * 8) / 64).astype(dtype)


def packed(data):
    """Half of a small HDF5 file is zeros."""
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def written(build, **options):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        build(file)
    return buffer.getvalue()


def texts(names):
    """Fixed-length text, as Keras stores lists of names."""
    return numpy.asarray([name.encode() for name in names])


def legacy(layers, root=None, attribute=texts):
    """layers: {layer: {weight name: array}}, as keras.src.legacy.saving.legacy_h5_format writes it."""
    def build(file):
        group = file if root is None else file.create_group(root)
        group.attrs["layer_names"] = attribute(list(layers))
        group.attrs["backend"] = "tensorflow"
        file.attrs["keras_version"] = "2.12.0"
        for layer, weights in layers.items():
            inner = group.create_group(layer)
            inner.attrs["weight_names"] = attribute(list(weights))
            for name, value in weights.items():
                inner.create_dataset(name, data=value)
    return build


files = {}


def keep(name, data, tensors):
    files[name] = {"base64": packed(data), "tensors": {
        key: {"shape": list(numpy.shape(value)), "dtype": str(numpy.asarray(value).dtype), "values": [float(v) for v in numpy.asarray(value).flatten()]}
        for key, value in tensors.items()}}


conv, bias = values(3, 3, 2, 4), values(4)
gamma, beta, mean, variance = values(4), values(4), values(4), abs(values(4))
dense = values(8, 5)
layers = {
    "input_1": {},
    "conv1": {"conv1/kernel:0": conv, "conv1/bias:0": bias},
    "bn1": {"bn1/gamma:0": gamma, "bn1/beta:0": beta, "bn1/moving_mean:0": mean, "bn1/moving_variance:0": variance},
    "block": {"block_inner/kernel:0": dense, "block/deep/bias:0": values(5)},
    "conv2/bn": {"conv2/bn/gamma:0": gamma},
    "old": {"old_W:0": dense, "old_b:0": values(3)},
}
named = {"conv1/0": conv, "conv1/1": bias, "bn1/0": gamma, "bn1/1": beta, "bn1/2": mean, "bn1/3": variance,
         "block_inner/0": dense, "deep/0": layers["block"]["block/deep/bias:0"], "conv2/bn/0": gamma,
         "old/0": dense, "old/1": layers["old"]["old_b:0"]}
keep("legacy.h5", written(legacy(layers)), named)
keep("whole-model.h5", written(legacy(layers, "model_weights")), named)
keep("varying-text.h5", written(legacy(layers, attribute=lambda names: names)), named)


def split(file):
    legacy(layers)(file)
    names = list(layers)
    del file.attrs["layer_names"]
    file.attrs["layer_names0"], file.attrs["layer_names1"] = texts(names[:3]), texts(names[3:])


keep("split-list.h5", written(split), named)
many = {f"layer_{i}": {f"layer_{i}/kernel:0": values(2)} for i in range(90)}
keep("many-layers.h5", written(legacy(many)), {f"{k}/0": list(v.values())[0] for k, v in many.items()})

forms = {
    "scalar": numpy.float32(0.25), "empty": numpy.zeros((0, 3), "float32"), "double": values(3, dtype="float64"), "half": values(5, dtype="float16"),
    "int64": numpy.array([2 ** 40 + 1, -3]), "int32": numpy.array([-7, 8], "int32"), "int16": numpy.array([-300], "int16"),
    "int8": numpy.array([-3], "int8"), "uint8": numpy.array([200], "uint8"), "big": values(3, 2).astype(">f4"), "bigint": numpy.array([5, -6], ">i2"),
}
plain, odd = values(40, 7), values(5, 6, 7)


def shapes(file):
    for name, value in forms.items():
        file.create_dataset(name, data=value)
    file.create_dataset("gzip", data=plain, chunks=(16, 4), compression="gzip")
    file.create_dataset("shuffled", data=odd, chunks=(2, 6, 3), compression="gzip", shuffle=True, fletcher32=True)
    file.create_dataset("chunks", data=plain, chunks=(9, 7))
    file.create_dataset("growing", data=odd, chunks=(2, 6, 3), maxshape=(None, 6, None))
    holes = file.create_dataset("holes", (6, 2), "float32", chunks=(2, 2))
    holes[2:4] = 1
    file["again"] = file["gzip"]
    file["soft"] = h5py.SoftLink("/gzip")


hole = numpy.zeros((6, 2), "float32")
hole[2:4] = 1
all_forms = {**forms, "gzip": plain, "shuffled": odd, "chunks": plain, "growing": odd, "holes": hole, "again": plain}
keep("forms.h5", written(shapes), all_forms)


def newer(file):
    for name in ["scalar", "empty", "double", "half", "big"]:
        file.create_dataset(name, data=forms[name])
    file.attrs["note"] = "x"


keep("newer.h5", written(newer, libver="latest"), {name: forms[name] for name in ["scalar", "empty", "double", "half", "big"]})

third = {"conv2d": [conv, bias], "conv2d_1": [values(1, 1, 4, 2)], "batch_normalization": [gamma, beta, mean, variance], "functional/layers/dense": [dense]}


def layered(container):
    def build(file):
        for path, arrays in third.items():
            group = file.create_group(f"{container}/{path.replace('/layers/', f'/{container}/')}").create_group("vars")
            for i, array in enumerate(arrays):
                group.create_dataset(str(i), data=array)
        file.create_group("optimizer/vars").create_dataset("0", data=values(9))
    return build


def attributed(file):
    layered("layers")(file)
    for path, name in [("conv2d", "stem"), ("conv2d_1", "project"), ("batch_normalization", "norm"), ("functional/layers/dense", "head")]:
        file[f"layers/{path}"].attrs["name"] = name


def by_layer(names):
    return {f"{name}/{i}": array for name, arrays in zip(names, third.values()) for i, array in enumerate(arrays)}


keep("third.weights.h5", written(layered("layers")), by_layer(third))
keep("third-named.weights.h5", written(attributed), by_layer(["stem", "project", "norm", "head"]))


def layer(kind, name, **config):
    return {"module": "keras.layers", "class_name": kind, "config": {"name": name, **config}}


config = {"module": "keras", "class_name": "Functional", "config": {"name": "net", "layers": [
    layer("InputLayer", "image"), layer("Conv2D", "stem"), layer("BatchNormalization", "norm"), layer("Conv2D", "project"),
    {**layer("Functional", "inner", layers=[layer("Dense", "head")])}]}}
for name, method, container in [("stored", zipfile.ZIP_STORED, "layers"), ("deflated", zipfile.ZIP_DEFLATED, "layers"), ("first-form", zipfile.ZIP_STORED, "_layer_checkpoint_dependencies")]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.3.3"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", written(layered(container)))
    keep(f"{name}.keras", buffer.getvalue(), by_layer(["stem", "project", "norm", "head"]))

# The tiny VGG of the shelf, computed as Keras does: channels last, kernels [H, W, in, out], Flatten in the order [H, W, C].
blocks = [[8, 8], [16, 16], [32, 32], [32]]
image = torch.tensor(values(1, 3, 32, 32), dtype=torch.float64)
vgg, value, channels = {}, image[0].permute(1, 2, 0), 3
for b, block in enumerate(blocks):
    for c, outputs in enumerate(block):
        name = f"block{b + 1}_conv{c + 1}"
        kernel, offset = values(3, 3, channels, outputs), values(outputs)
        vgg[name] = {f"{name}_W_1:0": kernel, f"{name}_b_1:0": offset}
        padded = torch.nn.functional.pad(value, (0, 0, 1, 1, 1, 1))
        h, w = value.shape[:2]
        value = sum(padded[i:i + h, j:j + w] @ torch.tensor(kernel[i, j], dtype=torch.float64) for i in range(3) for j in range(3)) + torch.tensor(offset)
        value, channels = value.clamp(min=0), outputs
    h, w = value.shape[0] // 2, value.shape[1] // 2
    value = value.reshape(h, 2, w, 2, channels).amax((1, 3))
value = value.flatten()
for name, outputs in [("fc1", 64), ("fc2", 64), ("predictions", 5)]:
    kernel, offset = values(len(value), outputs), values(outputs)
    vgg[name] = {f"{name}_W_1:0": kernel, f"{name}_b_1:0": offset}
    value = value @ torch.tensor(kernel, dtype=torch.float64) + torch.tensor(offset)
    if name != "predictions":
        value = value.clamp(min=0)


def compressed(file):
    file.attrs["layer_names"] = texts(vgg)
    for name, weights in vgg.items():
        group = file.create_group(name)
        group.attrs["weight_names"] = texts(weights)
        for key, array in weights.items():
            group.create_dataset(key, data=array, compression="gzip", shuffle=True)


fixture = {
    "reference": f"h5py {h5py.__version__}, HDF5 {h5py.version.hdf5_version}, torch {torch.__version__}",
    "script": "scripts/reference/models-hdf5.py",
    "files": files,
    "vgg": {"base64": packed(written(compressed)), "image": image.flatten().tolist(), "logits": value.tolist()},
}
json.dump(fixture, open("test/fixtures/models/hdf5.json", "w"))
