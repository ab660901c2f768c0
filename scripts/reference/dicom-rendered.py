"""Rendered pixels of files below a folder by dcmtk 3.6.7 (dcmj2pnm): test/fixtures/dicom/rendered.json.

  /usr/bin/python3 scripts/reference/dicom-rendered.py ../shared/data/dicom > test/fixtures/dicom/rendered.json

Per file the option that chose the window, the size, and 120 evenly spaced samples of the 8-bit result (grey or RGB triplets).
"""
import json, os, subprocess, sys, tempfile, warnings
import numpy, pydicom

warnings.simplefilter("ignore")
root, files = sys.argv[1], {}
for folder, _, names in sorted(os.walk(root)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        try:
            dataset = pydicom.dcmread(path, force=True)
            color = dataset.SamplesPerPixel == 3 or dataset.PhotometricInterpretation == "PALETTE COLOR"
        except Exception:
            continue
        if "SharedFunctionalGroupsSequence" in dataset:
            continue  # dcmtk's windows are those of the main data set alone
        voi = "+Wl" if "VOILUTSequence" in dataset else "+Wi" if "WindowWidth" in dataset else "+Wm"
        with tempfile.TemporaryDirectory() as temporary:
            out = os.path.join(temporary, "out.pnm")
            option = [] if color else [voi, "1"] if voi != "+Wm" else [voi]
            done = subprocess.run(["dcmj2pnm", "-O", "-S", *option, path, out], capture_output=True, text=True)
            if done.returncode != 0 or not os.path.exists(out):
                continue
            raw = open(out, "rb").read()
        kind, size, full, body = raw.split(b"\n", 3)
        if full != b"255":
            continue
        width, height = map(int, size.split())
        values = numpy.frombuffer(body, numpy.uint8, width * height * (3 if kind == b"P6" else 1)).reshape(width * height, -1)
        step = max(1, width * height // 120)
        files[os.path.relpath(path, root)] = {"voi": voi, "color": kind == b"P6", "width": width, "height": height, "step": step, "samples": values[::step].flatten().tolist()}
json.dump({"made": "scripts/reference/dicom-rendered.py: dcmtk 3.6.7", "files": files}, sys.stdout)
