#!/usr/bin/env python3
"""Small pictures of greys, and what SimpleITK reads of each: size, spacing, values.

    python3 tests/golden/make/pictures.py tests/golden/pictures

Needs numpy, Pillow, tifffile with imagecodecs, and SimpleITK (2.x).
"""
import json
import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk
import tifffile
from PIL import Image

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
bytes_ = (np.arange(20).reshape(4, 5) * 12).astype(np.uint8)
words = (np.arange(20).reshape(4, 5) * 3001).astype(np.uint16)
signed = words.astype(np.int16) - 999
floats = words.astype(np.float32) / np.float32(7)

Image.fromarray(bytes_).save(out / "eight.png", dpi=(254, 127))
Image.fromarray(words).save(out / "sixteen.png")
Image.fromarray(bytes_ > 50).save(out / "one.png")
for name, pixels, more in [
    ("inch", bytes_, {"resolution": (254, 127), "resolutionunit": "INCH"}),
    ("centimetre", words, {"resolution": (300, 77), "resolutionunit": "CENTIMETER"}),
    ("no-unit", bytes_, {"resolution": (3, 4), "resolutionunit": "NONE"}),
    ("signed-deflate", signed, {"compression": "zlib"}),
    ("floats", floats, {}),
    ("lzw", words, {"compression": "lzw", "predictor": True}),
    ("packbits", bytes_, {"compression": "packbits"}),
    ("white-is-zero", bytes_, {"photometric": "miniswhite"}),
    ("big-endian", words, {"byteorder": ">"}),
]:
    tifffile.imwrite(out / f"{name}.tif", pixels, **more)
pages = [Image.fromarray((bytes_ + page).astype(np.uint8)) for page in range(3)]
pages[0].save(out / "pages.tif", save_all=True, append_images=pages[1:])

expected = {}
for path in sorted(out.glob("*.png")) + sorted(out.glob("*.tif")):
    image = sitk.ReadImage(str(path))
    expected[path.name] = {
        "size": image.GetSize(),
        "spacing": image.GetSpacing(),
        "type": image.GetPixelIDTypeAsString(),
        "values": [float(value) for value in sitk.GetArrayFromImage(image).ravel()],
    }
    print(path.name, image.GetSize(), image.GetSpacing(), image.GetPixelIDTypeAsString())
(out / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")

# What is no picture of greys.
Image.fromarray(bytes_).convert("RGB").save(out / "refused-colours.png")
palette = Image.new("P", (5, 4))
palette.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
palette.putdata([place % 4 for place in range(20)])
palette.save(out / "refused-palette.png")
Image.fromarray(bytes_).convert("LA").save(out / "refused-alpha.png")
tifffile.imwrite(out / "refused-colours.tif", np.stack([bytes_] * 3, -1), photometric="rgb")
tifffile.imwrite(out / "refused-bits.tif", bytes_ > 50, photometric="minisblack", bitspersample=1)
