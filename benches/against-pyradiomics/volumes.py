"""Makes the volumes of the comparison from a seed: the same bytes on every machine that has the same numpy.

    python volumes.py FOLDER        (in a Python with numpy)

- scan.nii.gz: 512 x 512 x 120 int16, a body in air with organs, bone, texture and noise, as a CT scan has them;
  mask-75k.nii.gz and mask-1m.nii.gz: 75,000 and 1,000,000 voxels of it, with an uneven border;
- small.nii.gz, small-mask.nii.gz: 160 x 160 x 60, 20,000 voxels, for image types;
- maps.nii.gz, maps-mask.nii.gz: 48 x 48 x 24, 2,000 voxels, for feature maps;
- batch/: sixteen cases of 128 x 128 x 40 with 8,000 voxels or so, and cases.csv.
"""

import gzip
import os
import struct
import sys

import numpy as np


def write(path, array, spacing):
    """A NIfTI-1 file of an array indexed [z, y, x]."""
    codes = {np.dtype("int16"): (4, 16), np.dtype("uint8"): (2, 8)}
    code, bits = codes[array.dtype]
    header = bytearray(348)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *array.shape[::-1], 1, 1, 1, 1)
    struct.pack_into("<hh", header, 70, code, bits)
    struct.pack_into("<8f", header, 76, 1.0, *spacing, 0, 0, 0, 0)
    struct.pack_into("<f", header, 108, 352.0)
    struct.pack_into("<f", header, 112, 1.0)
    header[123] = 2
    struct.pack_into("<hh", header, 252, 1, 1)
    rows = [[-spacing[0], 0, 0, 90.0], [0, -spacing[1], 0, 70.0], [0, 0, spacing[2], -300.0]]
    # The same grid as a quaternion: half a turn about z.
    struct.pack_into("<3f", header, 256, 0.0, 0.0, 1.0)
    struct.pack_into("<3f", header, 268, *[row[3] for row in rows])
    for number, row in enumerate(rows):
        struct.pack_into("<4f", header, 280 + 16 * number, *row)
    header[344:348] = b"n+1\0"
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as file:
        file.write(bytes(header) + b"\0\0\0\0")
        file.write(array.tobytes())


def smooth_noise(random, shape, grain):
    """Noise on a coarse grid, interpolated linearly: about -1 to 1."""
    coarse = random.uniform(-1, 1, [size // step + 2 for size, step in zip(shape, grain)])
    for axis, (size, step) in enumerate(zip(shape, grain)):
        place = np.arange(size) / step
        below = place.astype(int)
        part = (place - below).reshape([-1 if k == axis else 1 for k in range(3)])
        coarse = np.take(coarse, below, axis) * (1 - part) + np.take(coarse, below + 1, axis) * part
    return coarse


def distance(shape, spacing, centre, radii):
    """How far voxels are from a centre, in radii of an ellipsoid; all in mm, z, y, x."""
    steps = [((np.arange(size) * step - middle) / radius) ** 2
             for size, step, middle, radius in zip(shape, spacing, centre, radii)]
    return np.sqrt(steps[0][:, None, None] + steps[1][None, :, None] + steps[2][None, None, :]).astype(np.float32)


def blob(random, shape, spacing, voxels, grain=6):
    """Exactly so many voxels around the middle, with an uneven border."""
    centre = [size * step / 2 for size, step in zip(shape, spacing)]
    field = distance(shape, spacing, centre, [1, 1.2, 1.4])
    radius = (voxels * np.prod(spacing) * 3 / 4 / np.pi / 1.68) ** (1 / 3)
    field += (0.25 * radius * smooth_noise(random, shape, [max(2, int(radius / step / 2)) for step in spacing])).astype(np.float32)
    border = np.partition(field.ravel(), voxels)[voxels]
    mask = (field < border).astype(np.uint8)
    missing = voxels - int(mask.sum())
    mask.ravel()[np.flatnonzero((field.ravel() == border) & (mask.ravel() == 0))[:missing]] = 1
    return mask


def scan(random, shape, spacing):
    """Air, a body with fat, muscle, two lungs, a spine; texture of two sizes and noise, in Hounsfield units."""
    extent = [size * step for size, step in zip(shape, spacing)]
    middle = [0.5 * length for length in extent]
    body = distance(shape, spacing, middle, [1e9, 0.33 * extent[1], 0.44 * extent[2]])
    image = np.where(body < 1, np.float32(-90), np.float32(-1000))
    image[body < 0.9] = 45
    for side in (-1, 1):
        lung = distance(shape, spacing, [middle[0], middle[1], middle[2] + side * 0.22 * extent[2]],
                        [0.6 * extent[0], 0.2 * extent[1], 0.13 * extent[2]])
        image[lung < 1] = -830
    bone = distance(shape, spacing, [middle[0], middle[1] + 0.22 * extent[1], middle[2]],
                    [1e9, 0.05 * extent[1], 0.05 * extent[2]])
    image[bone < 1] = 420
    image += (60 * smooth_noise(random, shape, [6, 18, 18])).astype(np.float32)
    image += (45 * smooth_noise(random, shape, [2, 5, 5])).astype(np.float32)
    for plane in image:
        plane += random.normal(0, 12, plane.shape).astype(np.float32)
    # Around the body a scanner's reconstruction holds nothing.
    image[body >= 1.15] = -1024
    return np.clip(np.rint(image), -1024, 3071).astype(np.int16)


def main(folder):
    os.makedirs(os.path.join(folder, "batch"), exist_ok=True)
    done = os.path.join(folder, "made")
    if os.path.exists(done):
        return
    turned = lambda spacing: spacing[::-1]
    spacing = [2.5, 0.75, 0.75]
    random = np.random.RandomState(20240)
    write(os.path.join(folder, "scan.nii.gz"), scan(random, [120, 512, 512], spacing), turned(spacing))
    write(os.path.join(folder, "mask-75k.nii.gz"), blob(random, [120, 512, 512], spacing, 75_000), turned(spacing))
    write(os.path.join(folder, "mask-1m.nii.gz"), blob(random, [120, 512, 512], spacing, 1_000_000), turned(spacing))
    spacing = [2.0, 1.0, 1.0]
    write(os.path.join(folder, "small.nii.gz"), scan(random, [60, 160, 160], spacing), turned(spacing))
    write(os.path.join(folder, "small-mask.nii.gz"), blob(random, [60, 160, 160], spacing, 20_000), turned(spacing))
    write(os.path.join(folder, "maps.nii.gz"), scan(random, [24, 48, 48], spacing), turned(spacing))
    write(os.path.join(folder, "maps-mask.nii.gz"), blob(random, [24, 48, 48], spacing, 2_000), turned(spacing))
    with open(os.path.join(folder, "batch", "cases.csv"), "w", encoding="utf-8") as table:
        table.write("ID,Image,Mask\n")
        for number in range(16):
            name = "case-%02d" % number
            write(os.path.join(folder, "batch", name + ".nii.gz"), scan(random, [40, 128, 128], spacing), turned(spacing))
            voxels = 4_000 + 500 * number
            write(os.path.join(folder, "batch", name + "-mask.nii.gz"), blob(random, [40, 128, 128], spacing, voxels),
                  turned(spacing))
            table.write("%s,%s.nii.gz,%s-mask.nii.gz\n" % (name, name, name))
    with open(done, "w", encoding="utf-8") as file:
        file.write("numpy %s\n" % np.__version__)


main(sys.argv[1])
