"""Stored values of every file below a folder as pydicom, gdcm and dcmtk decode them: test/fixtures/dicom/pixels.json.

  /usr/bin/python3 scripts/reference/dicom-pixels.py ../shared/data/dicom > test/fixtures/dicom/pixels.json

Debian 12: python3-pydicom 2.3.1, python3-gdcm 3.0.21, dcmtk 3.6.7. Each decoder's values are hashed (SHA-256) as
little endian samples, colors interleaved; what a decoder refuses is left out with its reason.
"""
import hashlib, json, os, subprocess, sys, tempfile, warnings
import gdcm, numpy, pydicom
from pydicom.pixel_data_handlers import gdcm_handler, numpy_handler, rle_handler

warnings.simplefilter("ignore")
root = sys.argv[1]


def told(dataset, array):
    """Bits outside BitsStored cleared, sign extended: what the standard calls the stored value."""
    stored, high = int(dataset.BitsStored), int(dataset.get("HighBit", dataset.BitsStored - 1))
    up = array.dtype.itemsize * 8 - 1 - high
    down = array.dtype.itemsize * 8 - stored
    return ((array << up) >> down).astype(array.dtype)


def digest(array):
    little = numpy.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    return hashlib.sha256(little.tobytes()).hexdigest()


def by_pydicom(path):
    dataset = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    return digest(told(dataset, dataset.pixel_array))


def by_dcmtk(path, tool):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.dcm")
        extra = ["+cn"] if tool == "dcmdjpeg" else []
        done = subprocess.run([tool, *extra, path, out], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1][:120])
        return by_pydicom(out)


def by_gdcm(path):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.dcm")
        done = subprocess.run(["gdcmconv", "--raw", path, out], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError((done.stderr.strip() or "refused").splitlines()[-1][:120])
        return by_pydicom(out)


tools = {"dcmtk": None, "gdcm": by_gdcm, "pydicom": by_pydicom}
dcmtk = {"1.2.840.10008.1.2.5": "dcmdrle", "1.2.840.10008.1.2.4.80": "dcmdjpls", "1.2.840.10008.1.2.4.81": "dcmdjpls"}
files = {}
for folder, _, names in sorted(os.walk(root)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        if name.lower().startswith("license"):
            continue
        found, refused = {}, {}
        try:
            uid = str(pydicom.dcmread(path, force=True, stop_before_pixels=True).file_meta.get("TransferSyntaxUID", ""))
        except Exception:
            uid = ""
        tool = dcmtk.get(uid, "dcmdjpeg" if uid.startswith("1.2.840.10008.1.2.4.") and uid < "1.2.840.10008.1.2.4.80" else None if uid.startswith("1.2.840.10008.1.2.4.") else "dcmconv")
        for reader, work in tools.items():
            if tool is None and reader == "dcmtk":
                continue
            try:
                found[reader] = by_dcmtk(path, tool) if reader == "dcmtk" else work(path)
            except Exception as error:
                refused[reader] = str(error).splitlines()[0].replace(root, "")[:100]
        files[os.path.relpath(path, root)] = {"sha256": found, "refused": refused}
json.dump({"made": "scripts/reference/dicom-pixels.py: pydicom 2.3.1, gdcm 3.0.21, dcmtk 3.6.7", "files": files}, sys.stdout, indent=1)
