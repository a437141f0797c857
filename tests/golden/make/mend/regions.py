"""What scipy makes of small regions: `python regions.py [OUT]` compares with, or writes, tests/golden/mend/scipy.json.

A region is its voxels in storage order (z, y, x; x fastest), eight to a byte, the first the highest bit, in hexadecimal.
"""

import json
import pathlib
import sys

import numpy
import scipy
from scipy import ndimage

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent.parent / "mend" / "scipy.json"
CASES = [  # seed, size as z y x, spacing as x y z, share of voxels, how coarse
    (1, (7, 9, 11), (1.0, 1.0, 1.0), 0.45, 1.0),
    (2, (6, 10, 9), (0.7, 0.9, 2.5), 0.55, 0.8),
    (3, (1, 14, 13), (0.5, 0.5, 5.0), 0.5, 0.9),
    (4, (9, 8, 7), (3.0, 1.5, 1.0), 0.75, 0.6),
]


def packed(region):
    return numpy.packbits(region.ravel()).tobytes().hex()


def answers(region, spacing):
    sampling = spacing[::-1]
    yield "fill", ndimage.binary_fill_holes(region)
    slices = [ndimage.binary_fill_holes(slice) for slice in region]
    yield "fill=z", numpy.stack(slices)
    labels, count = ndimage.label(region, numpy.ones((3, 3, 3)))
    sizes = numpy.bincount(labels.ravel())[1:]
    if (sizes == sizes.max()).sum() == 1:
        yield "largest", labels == sizes.argmax() + 1
    away = ndimage.distance_transform_edt(~region, sampling=sampling)
    depth = ndimage.distance_transform_edt(region, sampling=sampling)
    for reach in (0.95, 1.45, 2.6):
        yield f"grow={reach}", away <= reach
        yield f"shrink={reach}", depth > reach
    for reach in (0.4, 0.9, 2.1):
        deviation = [reach / step for step in sampling]
        share = ndimage.gaussian_filter(region.astype(float), deviation, mode="nearest", truncate=4.0)
        assert abs(share - 0.5).min() > 1e-9, "a voxel whose side depends on the last digit"
        yield f"smooth={reach}", share >= 0.5


def decided(share):
    assert abs(share - 0.5).min() > 1e-9, "a voxel whose side depends on the last digit"
    return share >= 0.5


def moves(region, spacing):
    """Millimetres along x, y, z, and the region moved by them: trilinear, nothing beyond the image."""
    for by in ((0.31, -0.52, 0.8), (-1.3, 0.9, -0.2), (2.2, 0.11, 3.1)):
        steps = [by[axis] / spacing[axis] for axis in (2, 1, 0)]
        yield by, decided(ndimage.shift(region.astype(float), steps, order=1, mode="grid-constant"))


def turns(region, spacing):
    """Degrees in the plane of the slices around the centre of mass, from x towards y in millimetres."""
    middle = numpy.array(ndimage.center_of_mass(region))
    size = numpy.diag(spacing[::-1])
    for degrees in (7.3, -31.0, 104.5):
        cosine, sine = numpy.cos(numpy.radians(degrees)), numpy.sin(numpy.radians(degrees))
        back = numpy.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
        matrix = numpy.linalg.inv(size) @ back @ size
        share = ndimage.affine_transform(
            region.astype(float), matrix, middle - matrix @ middle, order=1, mode="grid-constant"
        )
        yield degrees, decided(share)


def main():
    cases = []
    for seed, size, spacing, share, coarse in CASES:
        noise = numpy.random.default_rng(seed).normal(size=size)
        noise = ndimage.gaussian_filter(noise, coarse, mode="nearest")
        region = noise > numpy.quantile(noise, 1 - share)
        answered = {step: packed(numpy.asarray(answer, bool)) for step, answer in answers(region, spacing)}
        moved = [{"by": by, "region": packed(answer)} for by, answer in moves(region, spacing)]
        turned = [{"by": by, "region": packed(answer)} for by, answer in turns(region, spacing)]
        case = {"size": size[::-1], "spacing": spacing, "region": packed(region), "steps": answered}
        cases.append(case | {"moved": moved, "turned": turned})
    made = {"reference": f"scipy {scipy.__version__}", "cases": cases}
    text = json.dumps(made, indent=1) + "\n"
    if len(sys.argv) > 1:
        pathlib.Path(sys.argv[1]).write_text(text)
    else:
        there = json.loads(GOLDEN.read_text())
        print("the same" if there["cases"] == json.loads(text)["cases"] else "different")


main()
