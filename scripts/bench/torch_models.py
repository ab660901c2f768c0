"""The networks of the studies in PyTorch, with random weights."""
import importlib.util
import sys
from pathlib import Path

import torchvision


def build(network):
    if network != "xception":
        return getattr(torchvision.models, network)(weights=None)
    # torchvision has no Xception; ours is checked against this definition.
    reference = Path(__file__).resolve().parents[1] / "reference"
    sys.path.insert(0, str(reference))
    spec = importlib.util.spec_from_file_location("xception", reference / "models-xception.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.nets["xception"][0]()


def last_maps(model):
    """The module that gives the last feature maps."""
    return next(getattr(model, name) for name in ("layer4", "features", "bn4") if hasattr(model, name))
