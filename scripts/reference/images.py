"""Reference values for src/images: Pillow's and torch's antialiased bilinear resize, Pillow's luma.

    /usr/bin/python3 scripts/reference/images.py    writes test/fixtures/images/resize.json
"""
import json
import numpy as np
import PIL
import torch
from PIL import Image

random = np.random.default_rng(20)
cases = []
for height, width, to_height, to_width in [(17, 23, 8, 8), (40, 12, 13, 20), (9, 9, 24, 24), (31, 64, 31, 7), (50, 3, 5, 3), (64, 16, 2, 1)]:
    plane = random.integers(0, 65536, (height, width)).astype(np.float32) / 65535
    pillow = np.asarray(Image.fromarray(plane, mode="F").resize((to_width, to_height), Image.BILINEAR))
    torched = torch.nn.functional.interpolate(
        torch.from_numpy(plane)[None, None], (to_height, to_width), mode="bilinear", antialias=True, align_corners=False
    )[0, 0].numpy()
    cases.append({
        "from": [height, width],
        "to": [to_height, to_width],
        "plane": [round(float(v) * 65535) for v in plane.ravel()],
        "pillow": [round(float(v), 6) for v in pillow.ravel()],
        "torch": [round(float(v), 6) for v in torched.ravel()],
    })

colors = random.integers(0, 256, (40, 3)).astype(np.uint8)
luma = np.asarray(Image.fromarray(colors[None]).convert("L"))[0]
with open("test/fixtures/images/resize.json", "w") as file:
    json.dump({
        "pillow": PIL.__version__,
        "torch": torch.__version__,
        "script": "scripts/reference/images.py",
        "cases": cases,
        "colors": colors.tolist(),
        "luma": luma.tolist(),
    }, file)
